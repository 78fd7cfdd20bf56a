// Node's test runner over the files or patterns given, in the order given (which `node --test` does not keep).
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** One more than two processors can run, since many files wait for a browser, a process or a deadline. */
const filesAtOnce = 3;
/** Of one test, in milliseconds: what hangs, ends. */
const timeout = 300_000;

process.exitCode = 1;
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ended.abort());
const files = process.argv.slice(2).flatMap((pattern) => {
  const found = globSync(pattern);
  if (found.length === 0) throw new Error(`no test is called ${pattern}`);
  return found;
});
const tests = run({ files, concurrency: filesAtOnce, timeout, signal: ended.signal });
tests.on('test:summary', ({ file, success }) => {
  if (file === undefined && success) process.exitCode = 0;
});
tests.compose(spec()).pipe(process.stdout);
