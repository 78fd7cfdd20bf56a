import { buildPages, setup } from './setup.mjs';

setup({ pages: false });
buildPages({ force: true });
