import type { ConversationId, MessageId, PersonId, RemoteId, ThreadKey } from '../src/core/ids.ts';
import type { CoexistenceMode, Home, Person } from '../src/core/people.ts';
import { checkFacts, type RouteFacts } from '../src/core/routing/facts.ts';
import { openFederation } from '../src/core/routing/federation.ts';
import { policyForAll } from '../src/core/routing/policy.ts';
import { everyFacts, route } from '../src/core/routing/route.ts';
import { createDirectory } from '../src/gateway/directory.ts';
import { createRouter, type RouteRequest } from '../src/gateway/router.ts';
import { runChild } from './child.ts';

export interface DecisionsOrder {
  readonly calls: number;
}

export interface DecisionsMeasured {
  readonly route: Cost;
  readonly message: Cost;
}

interface Cost {
  /** By the clock, and by the processor time used: the one to compare where the machine is shared. */
  readonly microseconds: number;
  readonly processorMicroseconds: number;
  readonly bytes: number;
  readonly [name: string]: number;
}

/** Seen by nobody, so that no call can be optimised away. */
let sum = 0;

function measure(calls: number, run: (n: number) => number): Cost {
  for (let n = 0; n < calls / 4; n++) sum += run(n);
  globalThis.gc?.();
  const processor = process.cpuUsage();
  const started = performance.now();
  for (let n = 0; n < calls; n++) sum += run(n);
  const microseconds = ((performance.now() - started) * 1_000) / calls;
  const { user, system } = process.cpuUsage(processor);
  return { microseconds, processorMicroseconds: (user + system) / calls, bytes: allocated(run) };
}

/** By the growth of the heap, over few enough calls that nothing is collected meanwhile. */
function allocated(run: (n: number) => number): number {
  const calls = 10_000;
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < calls; n++) sum += run(n);
  return Math.max(0, (process.memoryUsage().heapUsed - before) / calls);
}

function person(n: number, mode: CoexistenceMode, home: Home): Person {
  const address = `person${n}@contoso.example`;
  return {
    id: address as PersonId,
    displayName: `Person ${n}`,
    tenant: 'contoso.example',
    mode,
    teams: {
      kind: 'account',
      objectId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      upn: address,
    },
    skype: home === 'none' ? { home } : { home, sip: `sip:${address}`, pool: home },
  };
}

function requests(people: readonly Person[]): readonly RouteRequest[] {
  return people.flatMap((author, a) =>
    people
      .filter((recipient) => recipient !== author)
      .map((recipient, b): RouteRequest => {
        const side = a % 2 === 0 ? 'teams' : 'skype';
        return {
          isOwnWrite: false,
          isRelayed: false,
          isBridged: b % 2 === 0,
          way: undefined,
          message: {
            id: 'm' as MessageId,
            conversation: `${author.id}|${recipient.id}` as ConversationId,
            side,
            thread: 't' as ThreadKey,
            remoteId: 'r' as RemoteId,
            author: author.id,
            recipient: recipient.id,
            body: { format: 'text', text: 'Hello' },
            writtenAt: 0,
            takenAt: 0,
            deadlineAt: 30_000,
            attempts: 0,
            firstAttemptAt: undefined,
            end: undefined,
            late: false,
          },
        };
      }),
  );
}

runChild<DecisionsOrder, DecisionsMeasured>(async ({ calls }) => {
  const facts: readonly RouteFacts[] = [...everyFacts()].filter((each) => checkFacts(each).length === 0);
  const people = (['Legacy', 'Islands', 'SfBOnly', 'TeamsOnly'] as const).flatMap((mode, m) =>
    (['online', 'onPrem', 'none'] as const).map((home, h) => person(m * 3 + h, mode, home)),
  );
  const capabilities = {
    maxBodyBytes: 8_000,
    canFind: true,
    formats: ['text'],
    endpointLeaseMs: 60_000,
  } as const;
  const decide = createRouter({
    directory: createDirectory(people),
    policies: policyForAll('bridged'),
    federation: openFederation,
    catchUpMs: 60_000,
    capabilities: { teams: capabilities, skype: capabilities },
    sessionIdleMs: 600_000,
    bothSee: () => true,
    signedIn: () => ['teams'],
  });
  const asked = requests(people);
  const at = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
  return {
    ready: {
      route: measure(calls, (n) => route(at(facts, n), n % 2 === 0 ? 'bridged' : 'microsoft').lands.length),
      message: measure(calls, (n) => decide(at(asked, n)).kind.length),
    },
    async [Symbol.asyncDispose]() {
      if (sum < 0) throw new Error('nothing was measured');
    },
  };
});
