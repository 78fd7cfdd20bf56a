import { join } from 'node:path';
import { become, node, root, setup } from './setup.mjs';

setup({ pages: false });
become(node, [join(root, 'test', 'chaos', 'main.ts'), ...process.argv.slice(2)]);
