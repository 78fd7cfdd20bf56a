import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApplication } from './application.ts';
import { ConnectionFailed, RequestFailed } from './failures.ts';
import type { Answer, CallOptions } from './requester.ts';

const link = (href: string) => ({ href });
const never = new AbortController().signal;
const lost = new ConnectionFailed('ECONNRESET', 'maybe', 'pool.contoso.example');

/** A pool that loses the answers to these requests, as often as they are named here, after it has done them. */
async function lurkingAt(losing: readonly string[]) {
  const toLose = [...losing];
  const done: string[] = [];
  let shows: string | undefined;
  const me = () => ({
    _links: {
      self: link('/me'),
      ...(shows === undefined ? { makeMeAvailable: link('/available') } : { presence: link('/presence') }),
    },
  });
  const act = (method: string, href: string, json: Record<string, unknown>): unknown => {
    if (href === '/available') {
      if (shows !== undefined) throw new RequestFailed(409, { code: 'Conflict', subcode: 'AlreadyExists' });
      shows = String(json['signInAs']);
    }
    if (href === '/presence') shows = String(json['availability']);
    done.push(`${method} ${href}`);
    if (href === '/me') return me();
    return {
      _links: { self: link('/app'), events: link('/events') },
      _embedded: { me: me(), communication: { _links: {} }, people: { _links: {} } },
    };
  };
  const application = await createApplication({
    applications: new URL('https://pool.contoso.example/apps'),
    identity: { userAgent: 'test', culture: 'en-US', endpointId: 'endpoint' },
    signal: never,
    requester: {
      async call(method: string, href: string, { json }: CallOptions): Promise<Answer> {
        const body = act(method, href, (json ?? {}) as Record<string, unknown>);
        const at = toLose.indexOf(`${method} ${href}`);
        if (at >= 0) {
          toLose.splice(at, 1);
          throw lost;
        }
        return { status: 200, body, location: undefined };
      },
    },
  });
  return { application, done, shows: () => shows };
}

describe('an application that is to be seen', () => {
  it('leaves lurker mode once, and changes what it shows from then on', async () => {
    const { application, done, shows } = await lurkingAt([]);
    await application.makeMeAvailable('Online', never);
    await application.makeMeAvailable('Busy', never);
    assert.equal(shows(), 'Busy');
    assert.deepEqual(done.slice(1), ['POST /available', 'GET /me', 'POST /presence']);
  });

  for (const losing of ['POST /available', 'GET /me']) {
    it(`shows what it is to show although an answer to ${losing} was lost`, async () => {
      const { application, shows } = await lurkingAt([losing]);
      await assert.rejects(application.makeMeAvailable('Online', never), lost);
      await application.makeMeAvailable('Busy', never);
      assert.equal(shows(), 'Busy');
    });
  }
});
