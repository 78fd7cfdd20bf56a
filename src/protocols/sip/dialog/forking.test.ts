import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { header, noBody, type SipRequest, type SipResponse } from '../message.ts';
import { respond } from '../respond.ts';
import {
  decide as decideFanOut,
  type FanOut,
  type FanOutAction,
  type FanOutEvent,
  startFanOut,
} from './fan-out.ts';
import { decide, type ForkAction, type ForkEvent, type Forks, startForks } from './forking.ts';

const invite: SipRequest = {
  kind: 'request',
  method: 'INVITE',
  uri: 'sip:bob@contoso.example',
  headers: [
    { name: 'From', value: '<sip:alice@contoso.example>;tag=a' },
    { name: 'To', value: '<sip:bob@contoso.example>' },
    { name: 'Call-ID', value: 'c1' },
    { name: 'CSeq', value: '1 INVITE' },
  ],
  body: noBody,
};

const answer = (status: number, toTag: string): SipResponse =>
  respond(invite, status, { toTag, headers: [{ name: 'Contact', value: `<sip:bob@${toTag}.example>` }] });

function run(events: readonly ForkEvent[]): {
  forks: Forks;
  told: readonly string[];
  actions: readonly ForkAction[];
} {
  let forks = startForks(invite);
  const actions: ForkAction[] = [];
  for (const event of events) {
    const step = decide(forks, event);
    forks = step.forks;
    actions.push(...step.actions);
  }
  return { forks, actions, told: actions.map(tell) };
}

const tell = (action: ForkAction): string => {
  switch (action.kind) {
    case 'progress':
    case 'answered':
    case 'gone':
      return `${action.kind} ${action.dialog.remoteTag}`;
    case 'ack':
    case 'bye':
      return `${action.kind} ${action.request.uri}`;
    case 'refused':
      return `refused ${action.response.status}`;
    case 'failed':
      return 'failed';
  }
};

const came = (status: number, tag: string): ForkEvent => ({
  kind: 'response',
  response: answer(status, tag),
});

describe('our INVITE that is forked', () => {
  it('makes an early dialog for each tag; the first 2xx wins and ends the others', () => {
    const { told, forks } = run([came(180, 'one'), came(180, 'two'), came(183, 'one'), came(200, 'two')]);
    assert.deepEqual(told, [
      'progress one',
      'progress two',
      'progress one',
      'ack sip:bob@two.example',
      'answered two',
      'gone one',
    ]);
    assert.equal(forks.winner?.state, 'confirmed');
  });

  it('acknowledges each repetition, and hangs up on later answers', () => {
    const { told, actions } = run([came(200, 'one'), came(200, 'one'), came(200, 'two')]);
    assert.deepEqual(told, [
      'ack sip:bob@one.example',
      'answered one',
      'ack sip:bob@one.example',
      'ack sip:bob@two.example',
      'bye sip:bob@two.example',
    ]);
    const bye = actions.at(-1);
    assert.equal(bye?.kind === 'bye' && header(bye.request, 'CSeq'), '2 BYE');
  });

  it('loses all early dialogs with a refusal, and one with 199', () => {
    assert.deepEqual(run([came(180, 'one'), came(180, 'two'), came(199, 'one'), came(486, 'x')]).told, [
      'progress one',
      'progress two',
      'gone one',
      'gone two',
      'refused 486',
    ]);
    assert.deepEqual(run([came(180, 'one'), { kind: 'failure' }, { kind: 'failure' }]).told, [
      'progress one',
      'gone one',
      'failed',
    ]);
  });

  it('hangs up on an answer that comes after a failure', () => {
    assert.deepEqual(run([{ kind: 'failure' }, came(200, 'one')]).told, [
      'failed',
      'ack sip:bob@one.example',
      'bye sip:bob@one.example',
    ]);
  });

  it('keeps 32 early dialogs at most', () => {
    assert.equal(run(Array.from({ length: 100 }, (_, n) => came(180, `t${n}`))).forks.early.length, 32);
  });
});

type Branch = 'phone' | 'desk' | 'web';

function fan(events: readonly FanOutEvent<Branch>[]): { told: readonly string[]; fanOut: FanOut<Branch> } {
  let fanOut = startFanOut<Branch>(['phone', 'desk', 'web']);
  const told: string[] = [];
  for (const event of events) {
    const step = decideFanOut(fanOut, event);
    fanOut = step.fanOut;
    told.push(...step.actions.map(tellFan));
  }
  return { told, fanOut };
}

const tellFan = (action: FanOutAction<Branch>): string =>
  action.kind === 'refused' ? `refused ${action.status}` : `${action.kind} ${action.branch}`;

const from = (branch: Branch, status: number): FanOutEvent<Branch> => ({
  kind: 'response',
  branch,
  response: answer(status, branch),
});

describe('an INVITE sent on to several endpoints', () => {
  it('is answered by the first, cancelled at the others', () => {
    assert.deepEqual(
      fan([from('phone', 180), from('desk', 200), from('phone', 487), from('web', 487)]).told,
      ['progress phone', 'answered desk', 'cancel phone', 'cancel web'],
    );
  });

  it('hangs up on who answers although another was first, once', () => {
    assert.deepEqual(fan([from('desk', 200), from('phone', 200), from('phone', 200)]).told.slice(3), [
      'hangUp phone',
    ]);
  });

  it('is refused with the best reason when nobody takes it', () => {
    assert.deepEqual(fan([from('phone', 486), from('desk', 503), from('web', 408)]).told, ['refused 486']);
    assert.deepEqual(fan([from('phone', 480), from('desk', 415), { kind: 'failure', branch: 'web' }]).told, [
      'refused 415',
    ]);
    const silent = (['phone', 'desk', 'web'] as const).map((branch) => ({
      kind: 'failure' as const,
      branch,
    }));
    assert.deepEqual(fan(silent).told, ['refused 408']);
  });

  it('is refused by a 6xx before all, then by the lowest class, in 4xx by what the caller can do something about', () => {
    const better: readonly (readonly [number, number])[] = [
      [603, 302],
      [600, 401],
      [302, 401],
      [399, 400],
      ...[401, 407, 415, 420, 484].map((helpful) => [helpful, 403] as const),
      [407, 486],
      ...[403, 486].flatMap((plain) => [[plain, 408] as const, [plain, 487] as const]),
      [487, 500],
      [499, 503],
    ];
    for (const [first, second] of better)
      for (const [phone, desk] of [
        [first, second],
        [second, first],
      ] as const) {
        const web = { kind: 'failure', branch: 'web' } as const;
        const { told } = fan([from('phone', phone), from('desk', desk), web]);
        assert.equal(told.at(-1), `refused ${first}`, `${phone}, ${desk}`);
      }
  });

  it('is judged by the class of an answer, from its first status to its last', () => {
    for (const [status, told] of [
      [100, []],
      [101, ['progress phone']],
      [199, ['progress phone']],
      [200, ['answered phone', 'cancel desk', 'cancel web']],
      [299, ['answered phone', 'cancel desk', 'cancel web']],
      [300, []],
      [599, []],
      [600, ['cancel desk', 'cancel web']],
    ] as const)
      assert.deepEqual(fan([from('phone', status)]).told, told, `${status}`);
  });

  it('hangs up on who answers late although they had refused before', () => {
    const { told } = fan([from('phone', 486), from('desk', 200), from('phone', 200)]);
    assert.equal(told.at(-1), 'hangUp phone');
  });

  it('ends everywhere with a 603', () => {
    assert.deepEqual(fan([from('phone', 603), from('desk', 487), from('web', 487)]).told, [
      'cancel desk',
      'cancel web',
      'refused 603',
    ]);
  });

  it('that is taken back ends with 487 after all branches did, unless one answered meanwhile', () => {
    const cancelled = (['phone', 'desk', 'web'] as const).map((branch) => from(branch, 487));
    assert.deepEqual(fan([{ kind: 'cancel' }, ...cancelled]).told, [
      'cancel phone',
      'cancel desk',
      'cancel web',
      'refused 487',
    ]);
    assert.deepEqual(fan([{ kind: 'cancel' }, from('desk', 200)]).told.at(-1), 'answered desk');
  });

  it('gives the caller one final response, whatever comes in whatever order', () => {
    const branch = fc.constantFrom<Branch>('phone', 'desk', 'web');
    const event: fc.Arbitrary<FanOutEvent<Branch>> = fc.oneof(
      fc
        .tuple(branch, fc.constantFrom(100, 180, 200, 404, 486, 603))
        .map(([name, status]) => from(name, status)),
      branch.map((name) => ({ kind: 'failure' as const, branch: name })),
      fc.constant({ kind: 'cancel' as const }),
    );
    const end = (['phone', 'desk', 'web'] as const).map((name) => ({
      kind: 'failure' as const,
      branch: name,
    }));
    fc.assert(
      fc.property(fc.array(event), (script) => {
        const { told } = fan([...script, ...end]);
        assert.equal(told.filter((each) => /^(?:answered|refused)/.test(each)).length, 1);
      }),
    );
  });
});
