import { join } from 'node:path';
import { become, root, setup } from './setup.mjs';

setup();
become(join(root, 'bin', 'isthmus'), ['start', ...process.argv.slice(2)]);
