import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { somebody } from '../../../test/kit/people.ts';
import type { Endpoint } from './endpoint.ts';
import type { Failure } from './errors.ts';
import { createWatching } from './presence.ts';

const alice = somebody('alice');
const bob = somebody('bob');
const carol = somebody('carol', { home: 'onPrem' });
const dave = somebody('dave', { home: 'none' });

/** The gateway has an account at the online pool alone. */
function world() {
  let opened = 0;
  let there: Endpoint | undefined;
  let refusal: Failure | undefined;
  const done: string[] = [];
  const failures: string[] = [];
  const open = (): Endpoint => {
    const name = `endpoint ${++opened}`;
    const door = {
      stopped: false,
      async watch(people: ReadonlySet<string>): Promise<Failure | undefined> {
        done.push(`${name} watches ${[...people].join(' ') || 'nobody'}`);
        return undefined;
      },
    };
    return { name, door, shows: 'lurking' } as unknown as Endpoint;
  };
  const watching = createWatching(
    ['online', 'onPrem'],
    {
      ofGateway(pool) {
        if (pool !== 'online')
          return { kind: 'none', failure: { kind: 'refused', id: 'not-linked', detail: '' } };
        there ??= open();
        return { kind: 'found', endpoint: there };
      },
      async showEndpoint(endpoint, { availability }) {
        const { name } = endpoint as unknown as { readonly name: string };
        done.push(`${name} is ${availability}`);
        return refusal;
      },
    },
    (pool, { id }) => void failures.push(`${pool} ${id}`),
  );
  return {
    watching,
    failures,
    /** What was done since this was asked last. */
    done: () => done.splice(0),
    /** The pool, or whoever keeps its passwords, wants no more of the endpoint that there is. */
    end: (): void => {
      if (there) Object.assign(there.door, { stopped: true });
      there = undefined;
    },
    /** What becomes of showing an endpoint. */
    refuse: (failure: Failure | undefined): void => {
      refusal = failure;
    },
  };
}

describe('watching people at the pools', () => {
  it('is done at the pool of each, and failing where the gateway has no account', async () => {
    const { watching, done, failures } = world();
    await watching.renew();
    await watching.watch([alice, bob, dave]);
    assert.deepEqual(done(), [
      'endpoint 1 is Available',
      'endpoint 1 watches sip:alice@contoso.example sip:bob@contoso.example',
    ]);
    assert.deepEqual(failures, []);
    await watching.watch([carol]);
    assert.deepEqual(done(), ['endpoint 1 watches nobody']);
    assert.deepEqual(failures, ['onPrem not-linked']);
  });

  it('goes on at the next endpoint where one has given up, and costs nothing where none has', async () => {
    const { watching, done, end } = world();
    await watching.renew();
    await watching.watch([alice]);
    done();
    await watching.renew();
    assert.deepEqual(done(), []);
    end();
    await watching.renew();
    assert.deepEqual(done(), ['endpoint 2 is Available', 'endpoint 2 watches sip:alice@contoso.example']);
  });

  it('is not tried again so often that the account is locked', async () => {
    const { watching, done, end, refuse } = world();
    await watching.watch([alice]);
    refuse({ kind: 'refused', id: 'link-refused', detail: 'invalid_grant' });
    const triesIn = async (calls: number): Promise<number> => {
      done();
      for (let call = 0; call < calls; call += 1) {
        await watching.renew();
        end();
      }
      return done().filter((what) => what.endsWith('Available')).length;
    };
    assert.ok((await triesIn(16)) <= 5);
    assert.ok((await triesIn(160)) <= 10);
    refuse(undefined);
    assert.ok((await triesIn(16)) >= 1, 'and yet again and again');
  });
});
