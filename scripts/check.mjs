// Format, lint and types, side by side; says what each found.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env, root, setup } from './setup.mjs';

const checks = [
  ['biome', ['check', '--error-on-warnings', '.']],
  ['oxlint', ['--type-aware', '--deny-warnings']],
  ['tsc', ['-p', '.']],
];
if (existsSync(join(root, 'web', 'tsconfig.json'))) checks.push(['tsc', ['-p', 'web']]);

/** Resolves to whether every check passed. */
export async function check() {
  const passed = await Promise.all(checks.map(([tool, args]) => runTool(tool, args)));
  return passed.every(Boolean);
}

function runTool(tool, args) {
  return new Promise((resolve) => {
    const child = spawn(tool, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      process.stdout.write(`${code === 0 ? '✔' : `${output.trimEnd()}\n✖`} ${tool} ${args.join(' ')}\n`);
      resolve(code === 0);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup({ pages: false });
  process.exitCode = (await check()) ? 0 : 1;
}
