import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../../src/sandbox/listen.ts';
import { createPools } from '../../src/sandbox/skype/pools.ts';
import { eventually } from '../kit/eventually.ts';
import { SkypeActor } from '../kit/skype-actor.ts';

const scenario = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs sipp through a scenario, once; resolves with its exit code and what it complained of. */
function sipp(
  port: number,
  keys: Readonly<Record<string, string>>,
): Promise<{ code: number | null; log: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-sipp-'));
  const words = [
    ...['-sf', scenario('simple.xml'), '-oocsf', scenario('out-of-call.xml')],
    ...['-t', 't1', '-i', '127.0.0.1', '-m', '1', '-nostdin', '-timeout', '10s', '-trace_err'],
    ...['-error_file', join(folder, 'errors')],
    ...['-au', `${keys['user']}@${keys['domain']}`, '-ap', 'demo'],
    ...Object.entries(keys).flatMap(([name, value]) => ['-key', name, value]),
    `127.0.0.1:${port}`,
  ];
  const child = spawn('sipp', words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
  return new Promise((resolve) =>
    child.once('close', (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ code, log });
    }),
  );
}

describe('a plain SIP user agent (sipp) at an embedded pool', { timeout: 30_000 }, () => {
  it('registers, watches presence as PIDF, writes, and is written to', async () => {
    await using pools = createPools();
    await using http = await serve(pools.online.ucwa, { host: '127.0.0.1', port: 0 });
    const { port } = await pools.online.sip.listen({ host: '127.0.0.1', port: 0 });
    const heidi = new SkypeActor(`${http.http.url}/`, 'heidi@contoso.example');
    await heidi.signIn();
    const run = sipp(port, { user: 'judy', domain: 'contoso.example', friend: heidi.address });
    const conversation = await heidi.accept(await heidi.invitation('written by sipp'));
    await eventually('the session is connected', async () => {
      try {
        await heidi.say(conversation, 'answered by a pool');
        return true;
      } catch {
        return false;
      }
    });
    await heidi.setPresence('Busy');
    const { code, log } = await run;
    assert.equal(code, 0, log);
    await heidi.close();
  });
});
