import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { somebody } from '../../test/kit/people.ts';
import { personId } from '../core/ids.ts';
import type { Side } from '../core/people.ts';
import { createDirectory } from '../gateway/directory.ts';
import type { LinkSecret } from '../gateway/links.ts';
import { answerErrors } from './errors.ts';
import type { EditOutcome, PeopleApiOptions, RemoveOutcome, UndoOutcome } from './options.ts';
import { routePeople } from './people-api.ts';

const bob = somebody('bob');
const carol = somebody('carol');
const asked: unknown[] = [];
const links = new Map<string, LinkSecret>();
const edits = [
  {
    person: carol.id,
    kind: 'removed',
    displayName: undefined,
    at: undefined,
    given: {},
    source: { displayName: 'Carol' },
  },
  {
    person: bob.id,
    kind: 'edited',
    displayName: 'Bob',
    at: 7,
    given: { mode: 'Islands' },
    source: { mode: 'Legacy' },
  },
] as const;
let answer: {
  edit: EditOutcome;
  add: EditOutcome;
  remove: RemoveOutcome;
  undo: UndoOutcome;
};

function open(): FastifyInstance {
  const app = Fastify();
  answerErrors(app, (event) => assert.fail(JSON.stringify(event)));
  const noted = <T>(what: unknown, outcome: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(outcome);
  };
  routePeople(app, {
    gateway: {
      presence: () => shown,
      ownPresence: (_, side) => (side === 'teams' ? { availability: 'Busy', activity: 'None' } : undefined),
    },
    directory: createDirectory([bob]),
    people: {
      edit: (id, fields) => noted(['edit', id, fields], answer.edit),
      add: (row) => noted(['add', row], answer.add),
      remove: (id) => noted(['remove', id], answer.remove),
      undo: (id) => noted(['undo', id], answer.undo),
      amended: (id) => (id === bob.id ? 'edited' : undefined),
      removed: () => [carol.id],
      edits: () => edits,
    },
    links: {
      get: async (person, side) => links.get(`${person} ${side}`),
      put: () => assert.fail(),
      remove: async (person, side) => void links.delete(`${person} ${side}`),
    },
    linkChanged: (person, side: Side) => void asked.push(['link changed', person, side]),
  });
  return app;
}
const shown = { authority: 'skype' } as ReturnType<PeopleApiOptions['gateway']['presence']>;

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: unknown) {
  const answered = await open().inject({
    method,
    url: `/api/people${path}`,
    ...(payload === undefined ? {} : { payload: payload as object }),
  });
  return {
    status: answered.statusCode,
    body: answered.body === '' ? undefined : answered.json(),
    location: answered.headers.location,
  };
}

async function refusal(...request: Parameters<typeof ask>): Promise<readonly [number, string, string]> {
  const { status, body } = await ask(...request);
  return [status, body.error.id, body.error.cause];
}

beforeEach(() => {
  asked.length = 0;
  links.clear();
  answer = {
    edit: { kind: 'changed', person: bob },
    add: { kind: 'changed', person: carol },
    remove: 'removed',
    undo: { kind: 'undone', person: bob },
  };
});

const refused = {
  kind: 'refused',
  problems: [
    { field: 'mode', because: 'is wrong' },
    { field: undefined, because: 'has no account' },
  ],
} as const;

describe('people in the operators’ API', () => {
  it('are listed with what operators did about them, and whom they removed', async () => {
    const { body } = await ask('GET', '');
    assert.deepEqual(body.people[0].signedIn, ['teams']);
    assert.deepEqual(
      [body.people[0].id, body.people[0].amended, body.removed],
      [bob.id, 'edited', [carol.id]],
    );
  });

  it('are found by every word in their names and addresses, and counted whatever the limit', async () => {
    const found = async (query: string): Promise<unknown> => {
      const { people, total } = (await ask('GET', query)).body;
      return [people.map(({ id }: { id: string }) => id), total];
    };
    assert.deepEqual(await found('?find=BOB%20contoso&limit=1'), [[bob.id], 1]);
    assert.deepEqual(await found('?find=bob%20fabrikam'), [[], 0]);
    assert.equal((await refusal('GET', '?limit=0'))[1], 'malformed');
  });

  it('have what operators did about them told by itself, with when and what the source says instead', async () => {
    const { body } = await ask('GET', '/edits');
    assert.deepEqual(body.edits, JSON.parse(JSON.stringify(edits)));
  });

  it('are changed, and answered as they are now', async () => {
    const { status, body } = await ask('PUT', '/BOB@contoso.example', { mode: 'TeamsOnly' });
    assert.deepEqual([status, body.id], [200, bob.id]);
    assert.deepEqual(asked, [['edit', bob.id, { mode: 'TeamsOnly' }]]);
  });

  it('are added, with the address at which they are found', async () => {
    const row = { id: 'carol@contoso.example', displayName: 'Carol' };
    const { status, body, location } = await ask('POST', '', row);
    assert.deepEqual([status, body.id, location], [201, carol.id, '/api/people/carol%40contoso.example']);
    assert.deepEqual(asked, [['add', row]]);
  });

  it('are removed together with what let the gateway act for them', async () => {
    links.set(`${bob.id} teams`, { kind: 'refreshToken', token: 't' });
    assert.equal((await ask('DELETE', '/bob@contoso.example')).status, 204);
    assert.equal(links.size, 0);
    assert.deepEqual(asked, [
      ['remove', bob.id],
      ['link changed', bob.id, 'teams'],
      ['link changed', bob.id, 'skype'],
    ]);
  });

  it('are as the sources say again, which may be gone', async () => {
    assert.equal((await ask('POST', '/bob@contoso.example/undo')).body.person.id, bob.id);
    answer.undo = { kind: 'undone', person: undefined };
    assert.deepEqual((await ask('POST', '/Carol@contoso.example/undo')).body, { person: null });
    assert.deepEqual(asked.at(-1), ['undo', personId('carol@contoso.example')]);
  });

  it('are refused by field', async () => {
    const wrong = [400, 'wrong-person', 'mode: is wrong; has no account'];
    answer = { ...answer, edit: refused, add: refused, undo: refused };
    assert.deepEqual(await refusal('PUT', '/bob@contoso.example', { mode: 'Island' }), wrong);
    assert.deepEqual(await refusal('POST', '', { id: 'x' }), wrong);
    assert.deepEqual(await refusal('POST', '/bob@contoso.example/undo'), wrong);
  });

  it('are refused where they are there already, not there, or have nothing to undo', async () => {
    answer = { ...answer, add: { kind: 'exists' }, undo: { kind: 'nothing-to-undo' } };
    assert.deepEqual((await refusal('POST', '', { id: 'x' })).slice(0, 2), [409, 'person-exists']);
    assert.deepEqual((await refusal('POST', '/x/undo')).slice(0, 2), [409, 'nothing-to-undo']);
    for (const [method, payload] of [['PUT', { mode: 'x' }], ['DELETE']] as const)
      assert.deepEqual((await refusal(method, '/nobody@x.example', payload)).slice(0, 2), [
        404,
        'no-such-person',
      ]);
  });

  it('are refused where what is sent is no object of texts, or would change who somebody is', async () => {
    for (const payload of [{}, [], { mode: 1 }]) {
      assert.equal((await refusal('PUT', '/bob@contoso.example', payload))[1], 'malformed');
      assert.equal((await refusal('POST', '', payload))[1], 'malformed');
    }
    assert.equal(
      (await refusal('PUT', '/bob@contoso.example', { id: 'ann@contoso.example' }))[1],
      'malformed',
    );
    assert.deepEqual(asked, []);
  });
});
