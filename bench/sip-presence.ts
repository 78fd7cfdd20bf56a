import { randomUUID } from 'node:crypto';
import { deaf } from '../src/connectors/skype/door.ts';
import { createSipDoor } from '../src/connectors/skype/sip-door/sip-door.ts';
import type { SipUri } from '../src/core/people.ts';
import type { Presence } from '../src/core/presence/presence.ts';
import { systemClock } from '../src/gateway/clock.ts';
import type { RelayServer } from './sip-relay.ts';

const busy: Presence = { availability: 'Busy', activity: 'None' };
const available: Presence = { availability: 'Available', activity: 'None' };

export interface PresenceOptions {
  readonly people: number;
  /** Of each person. */
  readonly changes: number;
}

/**
 * Changes of presence that came through to a watcher in a second of the server's processor: PUBLISH in, NOTIFY out. Each
 * person changes again when the watcher has seen the last change.
 */
export async function measurePresence(
  server: RelayServer,
  { people, changes }: PresenceOptions,
): Promise<number> {
  const { target } = server;
  const { host, port, domain, password = '' } = target;
  const open = () =>
    createSipDoor({
      location: { kind: 'servers', servers: [{ host, port, priority: 0, weight: 0 }] },
      tls: undefined,
      dialect: 'simple',
      localName: 'bench.invalid',
      clock: systemClock,
      random: Math.random,
      endpointIdOf: () => randomUUID(),
      expiresSeconds: 3600,
    });
  const account = (name: string) => ({
    of: 'gateway' as const,
    sip: `sip:${name}@${domain}` as SipUri,
    username: `${name}@${domain}`,
    password,
  });
  await using doors = new AsyncDisposableStack();
  const waiting = new Map<SipUri, { readonly availability: string; readonly seen: () => void }>();
  const watcher = doors.use(open()).open(account('p0'), {
    ...deaf,
    presence(person, { availability }) {
      const wait = waiting.get(person);
      if (wait?.availability === availability) wait.seen();
    },
  });
  const uris = Array.from({ length: people }, (_, index): SipUri => account(`p${index + 1}`).sip);
  const publishers = uris.map((_, index) => doors.use(open()).open(account(`p${index + 1}`), deaf));
  const changed = async (index: number, presence: Presence): Promise<void> => {
    const uri = uris[index];
    if (uri === undefined) return;
    const seen = new Promise<void>((resolve) => {
      waiting.set(uri, { availability: presence.availability, seen: resolve });
    });
    const failure = await publishers[index]?.show(presence);
    if (failure) throw new Error(`a publication failed: ${failure.detail}`);
    await seen;
  };
  const round = async (times: number): Promise<void> => {
    await Promise.all(
      uris.map(async (_, index) => {
        for (let change = 0; change < times; change += 1)
          await changed(index, change % 2 === 0 ? busy : available);
      }),
    );
  };
  const failure = await watcher.watch(new Set(uris));
  if (failure) throw new Error(`a subscription failed: ${failure.detail}`);
  await round(4);
  const before = server.processorSeconds();
  await round(changes);
  return (people * changes) / (server.processorSeconds() - before);
}
