import type { PersonId, RemoteId, ThreadKey } from '../../src/core/ids.ts';
import type { Person, Side } from '../../src/core/people.ts';
import type { Availability, Presence } from '../../src/core/presence/presence.ts';
import { openFederation } from '../../src/core/routing/federation.ts';
import { policyForAll } from '../../src/core/routing/policy.ts';
import type { IncomingMessage } from '../../src/gateway/connector.ts';
import { createDirectory } from '../../src/gateway/directory.ts';
import type { GatewayEvent } from '../../src/gateway/events.ts';
import { createGateway, type GatewayOptions } from '../../src/gateway/gateway.ts';
import type { Ledger } from '../../src/gateway/ledger.ts';
import { defaultPresence } from '../../src/gateway/presence.ts';
import { openMemoryLedger } from '../../src/ledger/memory/open.ts';
import { ManualClock } from './manual-clock.ts';
import { somebody } from './people.ts';
import { ScriptedConnector } from './scripted-connector.ts';

export const alice = somebody('alice');
export const bob = somebody('bob');
export const dave = somebody('dave', { home: 'none' });
export const heidi = somebody('heidi', { mode: 'SfBOnly' });
export const oscar = somebody('oscar', { mode: 'SfBOnly', home: 'onPrem', tenant: 'fabrikam.example' });
export const of = (availability: Availability): Presence => ({ availability, activity: 'None' });

/** Silence after which an SfB session has ended in this world, ms. */
export const sessionIdleMs = 600_000;

/** The engine between two scripted networks, on a clock that stands still. */
export async function openGatewayWorld(
  ledger: Ledger = openMemoryLedger(),
  settings: Partial<Pick<GatewayOptions, 'policies' | 'federation' | 'presence'>> = {},
  people: readonly Person[] = [alice, bob, dave, heidi, oscar],
) {
  const clock = new ManualClock();
  const directory = createDirectory(people);
  const teams = new ScriptedConnector('teams');
  const skype = new ScriptedConnector('skype');
  const events: GatewayEvent[] = [];
  const gateway = createGateway({
    directory,
    ledger,
    connectors: { teams, skype },
    clock,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    policies: settings.policies ?? policyForAll('bridged'),
    federation: settings.federation ?? openFederation,
    presence: settings.presence ?? { ...defaultPresence, paceMs: 0 },
    deadlineMs: 30_000,
    sessionIdleMs,
    mostUnderWay: 1_000,
    mostBytesUnderWay: 64 * 1024 * 1024,
    catchUpMs: 24 * 60 * 60_000,
    report: (event) => events.push(event),
  });
  const timersBeforeStart = clock.pending;
  await gateway.start();
  let count = 0;
  return {
    clock,
    timersBeforeStart,
    directory,
    teams,
    skype,
    events,
    gateway,
    ledger,
    message(
      side: Side,
      author: PersonId,
      recipient: PersonId,
      text: string,
      remoteId?: RemoteId,
    ): IncomingMessage {
      return {
        side,
        thread: `${side} thread` as ThreadKey,
        remoteId: remoteId ?? (`${side} ${++count}` as RemoteId),
        author,
        recipient,
        body: { format: 'text', text },
        writtenAt: clock.now(),
      };
    },
    seen(side: Side, person: PersonId, presence: Presence): void {
      const connector = side === 'teams' ? teams : skype;
      connector.sink.presence({ side, person, presence, observedAt: clock.now() });
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}
