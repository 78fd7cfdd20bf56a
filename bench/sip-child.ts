import { systemClock } from '../src/gateway/clock.ts';
import { createPools } from '../src/sandbox/skype/pools.ts';
import { contoso, type SandboxPerson } from '../src/sandbox/world.ts';
import { runChild } from './child.ts';

/** An embedded pool by itself, with as many people as are to be signed in. */
export interface SipOrder {
  readonly people: number;
  /** What makes a peer a trusted application, over TLS; without it the pool listens on TCP alone. */
  readonly trust?: {
    readonly host: string;
    readonly ca: string;
    readonly key: string;
    readonly cert: string;
  };
}

export interface SipReady {
  readonly tcp: number;
  readonly tls: number | undefined;
}

/** Bytes in use behind a collection of garbage. */
export interface SipMemory {
  readonly bytes: number;
  readonly endpoints: number;
}

export function personNamed(index: number): string {
  return `p${index}@${contoso.domain}`;
}

const person = (index: number): SandboxPerson => ({
  name: `p${index}`,
  displayName: `Person ${index}`,
  tenant: contoso,
  objectId: `a11ce000-0000-4000-9000-${index.toString(16).padStart(12, '0')}`,
  address: personNamed(index),
  kind: 'person',
  mode: 'SfBOnly',
  home: 'onPrem',
});

runChild(async ({ people, trust }: SipOrder) => {
  const pools = createPools({
    clock: systemClock,
    people: Array.from({ length: people }, (_, index) => person(index)),
    sip: { schemes: ['digest'], trustedHosts: trust ? [trust.host] : [], limits: { transactions: 10_000 } },
  });
  const { sip, core } = pools.onPrem;
  const host = '127.0.0.1';
  const tcp = await sip.listen({ host, port: 0 });
  const tls =
    trust && (await sip.listen({ host, port: 0, tls: { ...trust, clientCertificate: 'required' as const } }));
  const ready: SipReady = { tcp: tcp.port, tls: tls?.port };
  return {
    ready,
    async answer(): Promise<SipMemory> {
      for (let round = 0; round < 3; round += 1) {
        globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const { heapUsed, external } = process.memoryUsage();
      return { bytes: heapUsed + external, endpoints: core.signedIn };
    },
    [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose](),
  };
});
