import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { Application } from '../../protocols/ucwa/server/application.ts';
import { Applications } from '../../protocols/ucwa/server/applications.ts';
import { defaultLimits } from '../../protocols/ucwa/server/limits.ts';
import { contoso, type SandboxPerson } from '../world.ts';
import { createPools } from './pools.ts';
import { ucwaDoor } from './ucwa-door.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function crowd(kind: string, count: number): readonly SandboxPerson[] {
  return Array.from({ length: count }, (_, number) => ({
    name: `${kind}${number}`,
    displayName: `${kind}${number}`,
    tenant: contoso,
    objectId: `${kind}${number}`,
    address: `${kind}${number}@${contoso.domain}`,
    kind: 'person' as const,
    mode: 'SfBOnly' as const,
    home: 'online' as const,
  }));
}

/** As a client does: it fetches every package, and so proves receipt of the one before. */
function follow({ channel }: Pick<Application, 'channel'>, ack = 1): void {
  channel.poll({ ack }, ({ kind }) => {
    if (kind === 'package') follow({ channel }, ack + 1);
  });
}

describe('somebody who watches somebody', () => {
  it('costs the pool less than 150 bytes', async () => {
    const watched = crowd('t', 400);
    const watchers = crowd('s', 50);
    const clock = new ManualClock();
    await using pools = createPools({ clock, people: [...watched, ...watchers] });
    const idleTimes = { inactiveAfterMs: 300_000, awayAfterMs: 300_000 };
    const pool = pools.online.core;
    const backend = ucwaDoor({
      pool,
      signIn: () => ({ kind: 'denied' }),
      homeOf: () => ({ kind: 'here' }),
      idleTimes,
    });
    const limits = { ...defaultLimits, holds: { low: 0, medium: 0 } };
    using applications = new Applications({ clock, limits, backend });
    const opened = watchers.map(
      ({ address }) =>
        applications.open({
          address,
          culture: 'en-us',
          userAgent: 'test',
          endpointId: address,
          instanceId: undefined,
          type: undefined,
        }).application,
    );
    for (const application of opened) follow(application);
    const heapUsed = async (): Promise<number> => {
      await turn();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await heapUsed();
    for (const application of opened) {
      // Each client sends a text of its own.
      const addresses = watched.map(({ address }) => Buffer.from(address).toString());
      application.subscriptions.create(addresses, 30);
    }
    const grown = (await heapUsed()) - before;
    assert.ok(grown / (watched.length * watchers.length) < 150, `${grown} bytes in all`);
  });
});
