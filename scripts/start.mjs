import { join } from 'node:path';
import { become, node, root, setup } from './setup.mjs';

setup();
become(node, [join(root, 'src', 'cli', 'main.ts'), 'start', ...process.argv.slice(2)]);
