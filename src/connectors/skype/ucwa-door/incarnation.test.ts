import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { Application, ClientEvent } from '../../../protocols/ucwa/client/client.ts';
import type { DoorListener, DoorMessage } from '../door.ts';
import { Incarnation } from './incarnation.ts';

const application: Application = {
  identity: { userAgent: 'test', culture: 'en-US', endpointId: 'endpoint' },
  links: { self: '/app', events: '/events' } as Application['links'],
  requester: {
    call: () => Promise.reject(new Error('nothing is asked of the pool here')),
  } as unknown as Application['requester'],
  makeMeAvailable: () => Promise.resolve(),
  setPresence: () => Promise.resolve(),
  resetPresence: () => Promise.resolve(),
  setNote: () => Promise.resolve(),
  reportMyActivity: () => Promise.resolve(),
  end: () => Promise.resolve(),
};

const blank = { operationId: undefined, threadId: 'thread', state: undefined } as const;
const content = (text: string) => ({ contentType: 'text/plain', text }) as const;

function invitation(conversation: string, text: string): ClientEvent {
  return {
    ...blank,
    kind: 'messagingInvitation',
    type: 'started',
    href: `${conversation}/invitation`,
    direction: 'Incoming',
    subject: '',
    from: { uri: 'sip:bob@contoso.example', name: 'Bob' },
    content: content(text),
    accept: `${conversation}/accept`,
    decline: undefined,
    cancel: undefined,
    conversation,
    messaging: `${conversation}/messaging`,
  };
}

function message(conversation: string, n: number, text: string): ClientEvent {
  return {
    ...blank,
    kind: 'message',
    type: 'completed',
    status: 'Success',
    href: `${conversation}/messages/${n}`,
    conversation,
    direction: 'Incoming',
    content: content(text),
    at: undefined,
    failedRecipients: [],
  };
}

function end(conversation: string): ClientEvent {
  return { ...blank, kind: 'conversation', type: 'deleted', href: conversation };
}

/** Takes what comes, or for want of room does not, as `outcomes` say; one that has come before is the same one. */
function listening(outcomes: Iterator<boolean>) {
  const taken = new Map<string, { readonly dialog: string; readonly text: string }>();
  const ended: string[] = [];
  const failures: string[] = [];
  async function take(dialog: string, remote: string, body: DoorMessage['body'] | undefined): Promise<void> {
    if (taken.has(remote)) return;
    if (outcomes.next().value === false) throw new Error('disk full');
    if (body) taken.set(remote, { dialog, text: body.format === 'text' ? body.text : body.html });
  }
  const chains = new Map<string, Promise<void>>();
  /** What belongs together is taken one after the other; once one is not, none after it. */
  function inTurn(dialog: string, remote: string, body: DoorMessage['body'] | undefined): Promise<void> {
    const next = (chains.get(dialog) ?? Promise.resolve()).then(() => take(dialog, remote, body));
    chains.set(dialog, next);
    const forget = (): void => {
      if (chains.get(dialog) === next) chains.delete(dialog);
    };
    next.then(forget, forget);
    return next;
  }
  const listener: DoorListener = {
    invited: ({ dialog, remote, body }) => inTurn(dialog, remote, body),
    received: ({ dialog, remote, body }) => inTurn(dialog, remote, body),
    ended: (dialog) => void ended.push(dialog),
    presence: () => undefined,
    remarks: () => undefined,
    lastActive: () => undefined,
    failed: ({ detail }) => void failures.push(detail),
  };
  return { listener, taken, ended, failures };
}

/** Whether the package has not to be asked for again. */
async function hand(incarnation: Incarnation, events: readonly ClientEvent[]) {
  try {
    await incarnation.handle({ kind: 'events', events });
    return true;
  } catch {
    return false;
  }
}

describe('what an application hears', () => {
  it('comes once and in order, however it is cut into packages and however often one has to come again', async () => {
    const talk = fc.array(fc.constantFrom('hi', 'hi', 'yes', 'no'), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(talk, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(4), { minLength: 1, maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        async (talks, cuts, outcomes) => {
          const { listener, taken, ended, failures } = listening(outcomes.values());
          const incarnation = new Incarnation({
            application,
            listener,
            clock: new ManualClock(),
            random: () => 0.5,
          });
          const events = talks.flatMap((texts, index) => {
            const at = `/conversations/${index}`;
            const [first = ''] = texts;
            return [invitation(at, first), ...texts.map((text, n) => message(at, n, text)), end(at)];
          });
          for (let from = 0, n = 0; from < events.length; n++) {
            const size = 1 + (cuts[n % cuts.length] ?? 0);
            const pack = events.slice(from, from + size);
            while (!(await hand(incarnation, pack)));
            from += size;
          }
          for (const [index, texts] of talks.entries()) {
            const here = [...taken.values()].filter(({ dialog }) => dialog === `/conversations/${index}`);
            assert.deepEqual(
              here.map(({ text }) => text),
              texts,
            );
          }
          assert.deepEqual(failures, []);
          assert.equal(ended.length, talks.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('ends what was open when the pool has given the application’s state up', async () => {
    const { listener, ended, taken } = listening([].values());
    const incarnation = new Incarnation({
      application,
      listener,
      clock: new ManualClock(),
      random: () => 0.5,
    });
    await hand(incarnation, [invitation('/conversations/1', 'hi')]);
    await incarnation.handle({ kind: 'stateLost', how: 'resync' });
    assert.deepEqual(ended, []);
    await incarnation.handle({ kind: 'stateLost', how: 'resume' });
    assert.deepEqual(ended, ['/conversations/1']);
    assert.equal(taken.size, 1);
  });
});
