import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { StatusAnswer } from '../../console/types.ts';
import { openAuthority } from '../../sandbox/authority.ts';
import { systemClock } from '../../sandbox/clock.ts';
import { checkLinks } from './at-work.ts';
import { checkCertificate } from './certificates.ts';
import { checkClock } from './clock-skew.ts';
import type { Finding } from './finding.ts';
import { checkFolder } from './folder.ts';

const dayMs = 86_400_000;
const states = (findings: readonly Finding[]) => findings.map(({ state }) => state);

describe('the doctor', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-doctor-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('finds a data folder that others can read, that is a file, or that is not there yet', async () => {
    const open = join(folder, 'open');
    await mkdir(open);
    await chmod(open, 0o755);
    const [privacy] = await checkFolder(open);
    assert.equal(privacy?.state, 'doubtful');
    assert.match(privacy?.found ?? '', /mode 755/);
    await chmod(open, 0o700);
    assert.equal((await checkFolder(open))[0]?.state, 'right');
    const file = join(folder, 'file');
    await writeFile(file, '');
    assert.deepEqual(states(await checkFolder(file)), ['wrong']);
    assert.deepEqual(states(await checkFolder(join(folder, 'new', 'data'))), ['not checked']);
  });

  it('tells how long a certificate is good for', async () => {
    const { cert } = await (await openAuthority(folder, systemClock)).issueServer();
    const now = Date.now();
    const after = (days: number) => checkCertificate('listen.tls.cert', cert, now + days * dayMs).state;
    assert.equal(after(0), 'right');
    assert.equal(after(-3650), 'wrong');
    assert.equal(after(36_500), 'wrong');
    const end = [...Array(4000).keys()].find((days) => after(days) !== 'right') ?? 0;
    assert.equal(after(end), 'doubtful');
  });

  it('compares clocks with a server, half a minute being near enough', () => {
    const at = Date.parse('2024-02-03T10:00:00Z');
    const compare = (now: number) => checkClock('Graph', 'Sat, 03 Feb 2024 10:00:00 GMT', now)[0];
    assert.equal(compare(at + 30_000)?.state, 'right');
    assert.equal(compare(at + 90_000)?.found, '90 s ahead');
    assert.equal(compare(at - 300_000)?.found, '300 s behind');
    assert.deepEqual(checkClock('Graph', 'yesterday', at), []);
    assert.deepEqual(checkClock('Graph', undefined, at), []);
  });

  it('repeats what a gateway at work says of its links, with the cure', () => {
    const networks: StatusAnswer['networks'] = [
      { side: 'teams', links: [{ name: 'graph', state: 'connected', since: 1 }] },
      {
        side: 'skype',
        links: [
          { name: 'hq', state: 'refused', since: 1, refusal: { id: 'link-refused', side: 'skype' } },
          { name: 'cloud', state: 'connecting', since: 1 },
        ],
      },
    ];
    const findings = checkLinks({ networks });
    assert.deepEqual(states(findings), ['right', 'wrong', 'doubtful']);
    assert.match(findings[1] && 'cure' in findings[1] ? findings[1].cure : '', /Sign in again/);
  });
});
