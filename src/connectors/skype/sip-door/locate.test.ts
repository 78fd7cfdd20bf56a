import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Location, locate, orderTargets, type SrvRecord, type Target } from './locate.ts';

const at = (host: string, priority = 0, weight = 0): Target => ({ host, port: 5061, priority, weight });
const record = (name: string, priority = 0, weight = 0): SrvRecord => ({
  name,
  port: 5061,
  priority,
  weight,
});
const domain: Location = { kind: 'domain', domain: 'contoso.example' };

function dns(records: Readonly<Record<string, readonly SrvRecord[]>>) {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (name: string) => {
      asked.push(name);
      const found = records[name];
      if (!found) throw new Error('ENOTFOUND');
      return found;
    },
  };
}

describe('the front ends of a domain', () => {
  it('are those of the first service that DNS knows', async () => {
    const { asked, resolve } = dns({ '_sips._tcp.contoso.example': [record('FE1.contoso.example.', 1, 5)] });
    assert.deepEqual(await locate(domain, 'tls', resolve), [at('fe1.contoso.example', 1, 5)]);
    assert.deepEqual(asked, ['_sipinternaltls._tcp.contoso.example', '_sips._tcp.contoso.example']);
  });

  it('are the domain itself where DNS knows none, or none that can be used', async () => {
    const itself = [{ host: 'contoso.example', port: 5060, priority: 0, weight: 0 }];
    assert.deepEqual(await locate(domain, 'tcp', dns({}).resolve), itself);
    const refused = dns({ '_sip._tcp.contoso.example': [record('.'), { ...record('x'), port: 0 }] });
    assert.deepEqual(await locate(domain, 'tcp', refused.resolve), itself);
  });

  it('are not looked up where they are named', async () => {
    const { asked, resolve } = dns({});
    assert.deepEqual(await locate({ kind: 'servers', servers: [at('fe1')] }, 'tls', resolve), [at('fe1')]);
    assert.deepEqual(asked, []);
  });
});

describe('the order of front ends', () => {
  const targets = fc.array(
    fc.record({ priority: fc.integer({ min: 0, max: 3 }), weight: fc.integer({ min: 0, max: 100 }) }),
    { maxLength: 8 },
  );

  it('has each once, never a worse priority before a better one, and is the same every time', () => {
    fc.assert(
      fc.property(targets, fc.string(), (list, key) => {
        const given = list.map(({ priority, weight }, index) => at(`fe${index}`, priority, weight));
        const ordered = orderTargets(given, key);
        assert.deepEqual(ordered.map(({ host }) => host).sort(), given.map(({ host }) => host).sort());
        const priorities = ordered.map(({ priority }) => priority);
        assert.deepEqual(
          priorities,
          priorities.toSorted((a, b) => a - b),
        );
        assert.deepEqual(orderTargets(given.toReversed(), key), ordered);
      }),
    );
  });

  it('leaves everybody else where they are when one goes', () => {
    fc.assert(
      fc.property(targets, fc.string(), fc.nat(8), (list, key, gone) => {
        const given = list.map(({ priority, weight }, index) => at(`fe${index}`, priority, weight));
        const without = (all: readonly Target[]) => all.filter(({ host }) => host !== `fe${gone}`);
        assert.deepEqual(orderTargets(without(given), key), without(orderTargets(given, key)));
      }),
    );
  });

  it('begins with each of one priority in proportion to its weight', () => {
    const given = [at('heavy', 0, 3), at('light', 0, 1), at('spare', 1, 100)];
    const first = new Map<string, number>();
    for (let person = 0; person < 4_000; person += 1) {
      const host = orderTargets(given, `person ${person}`)[0]?.host ?? '';
      first.set(host, (first.get(host) ?? 0) + 1);
    }
    const heavy = first.get('heavy') ?? 0;
    assert.ok(heavy > 2_850 && heavy < 3_150, `${heavy} of 4,000`);
    assert.equal(heavy + (first.get('light') ?? 0), 4_000);
  });
});
