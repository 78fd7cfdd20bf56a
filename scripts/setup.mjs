// Makes a clone ready to run: dependencies (with the run-time pinned among them) and the built pages.
// Runs on any Node from 20 on, without a dependency; everything it says goes to stderr.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
/** The run-time of the lock file. */
export const node = join(bin, 'node');
/** For children: every tool, and every `#!/usr/bin/env node` of a tool, is the pinned one. */
export const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` };

export function setup({ pages = true } = {}) {
  installDependencies();
  if (pages) buildPages();
}

/**
 * As the lock file says, without changing it. Not by `npm ci`, which refuses a lock file that does not name the
 * optional binaries of every platform, as one written behind a partial registry does not.
 */
function installDependencies() {
  if (dependenciesAreCurrent()) return;
  say('installing dependencies');
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (npm.error) fail(`npm could not be run: ${npm.error.message}`);
  if (npm.status !== 0) fail(`npm install failed\n${npm.stdout}${npm.stderr}`);
  if (!existsSync(node))
    fail('the pinned Node is missing after npm install: run `npm rebuild node` and try again');
}

function dependenciesAreCurrent() {
  const lockFile = join(root, 'package-lock.json');
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  const installed = statSync(installedFile, { throwIfNoEntry: false });
  if (!installed || !existsSync(node)) return false;
  if (installed.mtimeMs >= statSync(lockFile).mtimeMs) return true;
  if (!samePackages(packagesOf(lockFile), packagesOf(installedFile))) return false;
  utimesSync(installedFile, new Date(), new Date());
  return true;
}

function packagesOf(file) {
  const { '': _self, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
  return packages;
}

/** What the lock file names and npm did not install may only be optional (another platform's binary). */
function samePackages(locked, installed) {
  return (
    Object.keys(installed).every((path) => path in locked) &&
    Object.entries(locked).every(([path, { version, optional }]) =>
      path in installed ? installed[path].version === version : optional === true,
    )
  );
}

/** Builds `web/` into `web/dist`, unless that was built from the same sources and packages. */
export function buildPages({ force = false } = {}) {
  const web = join(root, 'web');
  if (!existsSync(join(web, 'vite.config.ts'))) return;
  const stampFile = join(web, 'dist', '.sources');
  const sources = hashOfPages(web);
  if (!force && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sources) return;
  say('building the pages');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const build = spawnSync(node, [vite, 'build', '--outDir', 'dist', '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: web,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (build.status !== 0) fail(`the pages could not be built\n${build.stdout}${build.stderr}`);
  writeFileSync(stampFile, sources);
}

function hashOfPages(web) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files = readdirSync(web, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.startsWith(join(web, 'dist')) && !/\.test\.tsx?$/.test(file));
  for (const file of files.sort()) hash.update(file.slice(web.length)).update(readFileSync(file));
  return hash.digest('hex');
}

/** Runs a program in the foreground, hands SIGINT and SIGTERM on to it, and ends this process the way it ended. */
export function become(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

function say(text) {
  if (process.env.npm_config_loglevel !== 'silent') process.stderr.write(`isthmus: ${text}\n`);
}

export function fail(text) {
  process.stderr.write(`isthmus: ${text}\n`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
