import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../test/kit/manual-clock.ts';
import { openAuthority } from './authority.ts';

const day = 24 * 60 * 60 * 1000;

describe('the local certificate authority', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'authority-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps its key readable by its owner alone', async () => {
    await openAuthority(folder, new ManualClock());
    assert.equal((await stat(join(folder, 'ca-key.pem'))).mode & 0o777, 0o600);
  });

  it('is the same after a restart', async () => {
    const clock = new ManualClock();
    const first = await openAuthority(folder, clock);
    clock.advance(30 * day);
    const second = await openAuthority(folder, clock);
    assert.equal(second.caPem, first.caPem);
    assert.equal(await readFile(second.caFile, 'utf8'), first.caPem);
    const server = new X509Certificate((await second.issueServer()).cert);
    assert.ok(server.verify(new X509Certificate(first.caPem).publicKey));
  });

  it('is one, however many start at once', async () => {
    const clock = new ManualClock();
    const all = await Promise.all([1, 2, 3].map(() => openAuthority(folder, clock)));
    assert.equal(new Set(all.map(({ caPem }) => caPem)).size, 1);
  });

  it('names the files when they do not belong together', async () => {
    await openAuthority(folder, new ManualClock());
    const key = await readFile(join(folder, 'ca-key.pem'));
    await rm(join(folder, 'ca.pem'));
    await openAuthority(folder, new ManualClock());
    await writeFile(join(folder, 'ca-key.pem'), key);
    await assert.rejects(openAuthority(folder, new ManualClock()), /ca-key\.pem does not belong to/);
  });

  it('is replaced before it could end under a certificate it issues', async () => {
    const clock = new ManualClock();
    const first = await openAuthority(folder, clock);
    clock.advance((3650 - 397) * day);
    const second = await openAuthority(folder, clock);
    assert.notEqual(second.caPem, first.caPem);
    const server = new X509Certificate((await second.issueServer()).cert);
    assert.ok(server.validToDate < new X509Certificate(second.caPem).validToDate);
  });

  it('issues server certificates for every name of this machine', async () => {
    const authority = await openAuthority(folder, new ManualClock());
    const server = new X509Certificate((await authority.issueServer()).cert);
    assert.ok(server.checkHost('localhost'));
    assert.ok(server.checkIP('127.0.0.1'));
    assert.ok(server.checkIP('::1'));
    assert.equal(server.checkHost('elsewhere.example'), undefined);
    assert.equal(server.ca, false);
  });

  it('issues client certificates that name the client', async () => {
    const authority = await openAuthority(folder, new ManualClock());
    const client = new X509Certificate((await authority.issueClient('gateway.contoso.example, Inc')).cert);
    assert.match(client.subject, /gateway\.contoso\.example\\, Inc/);
    assert.ok(client.checkIssued(new X509Certificate(authority.caPem)));
  });

  it('names the file that is damaged', async () => {
    await openAuthority(folder, new ManualClock());
    await writeFile(join(folder, 'ca.pem'), 'not a certificate');
    await assert.rejects(openAuthority(folder, new ManualClock()), /ca\.pem cannot be read as PEM/);
  });
});
