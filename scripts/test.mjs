// Everything that `npm test` holds: format, lint and types, then every test file, or those given as arguments.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { check } from './check.mjs';
import { findProgram, isExecutable } from './program.mjs';
import { env, fail, node, root, setup } from './setup.mjs';

const chosen = process.argv.slice(2);
setup();
needChromium();
needKamailio();
needProgram('the tests of SIP user agents', ['sipp'], ['sip-tester']);
needSipe();
const checked = chosen.length > 0 || (await check());
const tested = await runTests(chosen.length > 0 ? chosen : allTests());
process.exitCode = checked && tested ? 0 : 1;

/** What takes longest comes first, so that nothing long begins when all the rest is done. */
function allTests() {
  const turns = [
    /^test\/(scenarios\/chaos|cli-start)/,
    /^test\/cli-/,
    /^test\/pages/,
    /^test\/(scenarios|sipe)/,
    /./,
  ];
  const turn = (path) => turns.findIndex((files) => files.test(path));
  return ['test', 'src', 'web']
    .flatMap((room) => readdirSync(join(root, room), { recursive: true }).map((path) => join(room, path)))
    .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('node_modules'))
    .sort((a, b) => turn(a) - turn(b));
}

/** The pages' tests drive the system's Chromium. */
function needChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  env.CHROMIUM = needProgram('the tests of the pages', names, ['chromium']);
}

/** Federation is tried with a SIP server that nobody here wrote. */
function needKamailio() {
  needProgram('the tests of SIP federation', ['kamailio'], ['kamailio', 'kamailio-presence-modules']);
}

/** The real Skype for Business client is built from the reference material, where there is any. */
function needSipe() {
  if (!existsSync(join(root, '../shared/tools/sipe-client'))) return;
  const packages = [
    ...['pidgin-sipe', 'libpurple-dev', 'libglib2.0-dev', 'libxml2-dev'],
    ...['gcc', 'libc6-dev', 'pkg-config'],
  ];
  const find = () => {
    if (!findProgram('gcc') || output('pkg-config', '--modversion', 'purple') === undefined) return undefined;
    const folders = ['/usr/lib/purple-2', output('pkg-config', '--variable=plugindir', 'purple') ?? ''];
    return folders.map((folder) => join(folder, 'libsipe.so')).find((file) => existsSync(file));
  };
  need('the tests with a real SfB client', find, packages);
}

function output(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Where a program is that has one of these names; it is installed from Debian's packages where that can be done. */
function needProgram(what, names, packages) {
  return need(what, () => findProgram(...names), packages);
}

/** What `find` finds, before or after the packages are installed. */
function need(what, find, packages) {
  if (!find() && process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get')) {
    process.stderr.write(`isthmus: installing ${packages.join(', ')} for ${what}\n`);
    const apt = (...args) =>
      spawnSync('apt-get', ['-q', '-y', ...args], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    apt('update');
    apt('install', '--no-install-recommends', ...packages);
  }
  return find() ?? fail(`${what} need a program: install ${packages.join(' and ')} and try again`);
}

/**
 * Runs node's test runner. What it leaves out for want of reference material is listed
 * before the closing counts, so that the output ends with them.
 */
async function runTests(files) {
  if (files.length === 0) fail('there is no test to run');
  const runner = spawn(node, [join(root, 'scripts', 'run-tests.mjs'), ...files], {
    cwd: root,
    // Every file has a process of its own: the modules that they share are stripped of types and compiled once.
    env: {
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
      ...env,
    },
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner.kill(signal));
  const ended = new Promise((resolve) => runner.on('close', (code) => resolve(code === 0)));

  const leftOut = new Set();
  const closing = [];
  for await (const line of createInterface({ input: runner.stdout })) {
    const note = /left out \(no reference.*/.exec(line);
    if (note) leftOut.add(note[0]);
    else if (closing.length > 0 || /ℹ tests \d/.test(line)) closing.push(line);
    else process.stdout.write(`${line}\n`);
  }
  process.stdout.write(`${[...leftOut, ...closing].join('\n')}\n`);
  return ended;
}
