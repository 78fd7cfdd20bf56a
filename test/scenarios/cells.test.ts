import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { landingRules, obstacleRules } from '../../src/core/routing/rules.ts';
import { eventually } from '../kit/eventually.ts';
import type { SkypeActor } from '../kit/skype-actor.ts';
import { addressOf, type SeenTrace, Whole } from '../kit/whole.ts';

/** What `GET /api/messages/{id}` says beyond the end. */
interface Told extends SeenTrace {
  readonly end?: SeenTrace['end'] & {
    readonly rule?: string;
    readonly refusal?: { readonly detail?: string };
  };
  readonly steps: readonly { readonly step: string; readonly detail?: string }[];
}
interface Listed {
  readonly id: string;
  readonly side: string;
  readonly author: string;
  readonly recipient: string;
  readonly state: string;
}

/** Where a message went, and by which rule. */
interface Landed {
  readonly lands: 'teams' | 'skype' | 'nowhere';
  readonly rule: string;
}

/** Rules for people that no directory holds, as a case below tries out. */
const unreachable = ['recipient-without-client'];
/** Of a Teams thread that led to Teams nothing has to be carried: it is a chat of the two, and is routed anew. */
const neverBridged = ['lost-teams'];

/** Senders under Microsoft's own rules; everybody else's messages are bridged. */
const strict = ['ivan', 'carol', 'dave'];

describe('every rule of routing, with whole messages over the wire', () => {
  const reached = new Set<string>();
  const atSkype = new Map<string, SkypeActor>();
  let world: Whole;
  before(async () => {
    const people = Object.fromEntries(strict.map((name) => [addressOf(name), 'microsoft']));
    world = await Whole.open({ ISTHMUS_POLICY_PEOPLE: JSON.stringify(people) });
  });
  after(() => world[Symbol.asyncDispose]());

  /** As an operator does, at run time. */
  async function change(name: string, edit: Readonly<Record<string, string>>): Promise<void> {
    const answer = await fetch(`${world.url}/api/people/${encodeURIComponent(addressOf(name))}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(edit),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  async function inSkype(name: string): Promise<SkypeActor> {
    const known = atSkype.get(name);
    if (known) return known;
    const actor = world.skype(name);
    actor.onEvent = (event) => {
      actor.events.push(event);
      if (event.type !== 'started' || event._embedded?.['messagingInvitation']?.['direction'] !== 'Incoming')
        return;
      // Somebody else may have taken it up, or it has been taken back.
      actor.accept(event).catch(() => undefined);
    };
    await actor.signIn();
    atSkype.set(name, actor);
    return actor;
  }

  async function inTeams(name: string, availability = 'Available', activity = availability): Promise<void> {
    await world.teams(name).signIn(availability, activity);
    await eventually(`the gateway sees ${name} in Teams`, async () => {
      const { people } = await world.api<{ people: readonly Seen[] }>('/api/people');
      const seen = people.find(({ id }) => id === addressOf(name))?.presence.sides.teams.seen;
      return seen?.availability === availability;
    });
  }

  /** Then the gateway has an endpoint there, which is invited. */
  async function shownInSkype(watcher: string, name: string): Promise<void> {
    const actor = await inSkype(watcher);
    await eventually(
      `${name} is shown in SfB`,
      async () => (await actor.presenceOf(addressOf(name))) === 'Online',
    );
  }

  interface Seen {
    readonly id: string;
    readonly presence: {
      readonly sides: { readonly teams: { readonly seen?: { readonly availability: string } } };
    };
  }

  async function landingOf(id: string): Promise<Landed> {
    await world.ended(id, 10_000);
    const { end, steps } = await world.api<Told>(`/api/messages/${encodeURIComponent(id)}`);
    const [, side, bridged] =
      /^to (teams|skype): (.*)$/.exec(steps.find(({ step }) => step === 'routed')?.detail ?? '') ?? [];
    const landed: Landed =
      end?.kind === 'native'
        ? { lands: 'teams', rule: end.rule ?? '' }
        : end?.kind === 'delivered'
          ? { lands: side === 'skype' ? 'skype' : 'teams', rule: bridged ?? '' }
          : { lands: 'nowhere', rule: end?.refusal?.detail ?? '' };
    reached.add(landed.lands === 'nowhere' ? `refused: ${landed.rule}` : landed.rule);
    return landed;
  }

  /** Somebody writes in a chat of the two in Teams; whoever is to see it does, and nobody else. */
  async function fromTeams(
    from: string,
    to: string,
    chat?: string,
  ): Promise<Landed & { readonly chat: string }> {
    const writer = world.teams(from);
    const text = `${from} to ${to}, ${crypto.randomUUID()}`;
    const at = chat ?? (await writer.chatWith(addressOf(to)));
    const id = await writer.say(at, text);
    const { lands, rule } = await landingOf(id);
    const reader = atSkype.get(to);
    if (lands === 'skype') await reader?.message(text);
    else assert.ok(!reader?.received.some((each) => each.includes(text)), `${text} in SfB`);
    if (lands === 'nowhere') {
      const notice = await writer.seesAnywhere(`Message ${id}`, 10_000);
      assert.match(notice.content, /coexistence rules refuse|a way that is gone/);
    }
    return { lands, rule, chat: at };
  }

  /** Somebody opens a conversation in SfB, or goes on in one. */
  async function fromSkype(
    from: string,
    to: string,
    conversation?: string,
  ): Promise<Landed & { readonly conversation: string }> {
    const writer = await inSkype(from);
    const text = `${from} to ${to}, ${crypto.randomUUID()}`;
    let at = conversation ?? '';
    if (conversation === undefined) at = (await writer.invite(addressOf(to), text, 10_000)).conversation;
    else await writer.say(conversation, text);
    const message = await eventually(`${text} is with the gateway`, async () => {
      const { messages } = await world.api<{ messages: readonly Listed[] }>('/api/messages?limit=20');
      return messages.find(
        ({ side, author, recipient, id }) =>
          side === 'skype' && author === addressOf(from) && recipient === addressOf(to) && !taken.has(id),
      );
    });
    taken.add(message.id);
    const { lands, rule } = await landingOf(message.id);
    if (lands === 'teams') await world.teams(to).seesAnywhere(text);
    else {
      await writer.message('Not delivered', 10_000);
      assert.match(writer.received.at(-1) ?? '', /coexistence rules refuse/);
    }
    return { lands, rule, conversation: at };
  }
  const taken = new Set<string>();

  before(async () => {
    await Promise.all(['heidi', 'frank', 'carol', 'peggy@fabrikam.example', 'judy'].map(inSkype));
    await inTeams('bob');
    await change('erin', { mode: 'Islands', home: 'none' });
  });

  const cells: readonly (readonly [from: string, to: string, lands: Landed['lands'], rule: string])[] = [
    // Microsoft's rules first, then bridged.
    ['ivan', 'grace@fabrikam.example', 'teams', 'recipient-teams-only'],
    ['alice', 'grace@fabrikam.example', 'teams', 'recipient-teams-only'],
    ['ivan', 'heidi', 'skype', 'recipient-sfb'],
    ['alice', 'frank', 'skype', 'recipient-sfb'],
    ['ivan', 'dave', 'teams', 'recipient-in-teams-alone'],
    ['alice', 'dave', 'teams', 'recipient-in-teams-alone'],
    ['ivan', 'judy', 'teams', 'islands-same-client'],
    ['alice', 'judy', 'teams', 'islands-same-client'],
    ['ivan', 'bob', 'teams', 'legacy-signed-in-to-teams'],
    ['alice', 'bob', 'teams', 'legacy-signed-in-to-teams'],
    ['ivan', 'carol', 'skype', 'legacy-not-in-teams'],
    ['alice', 'carol', 'skype', 'legacy-not-in-teams'],
    ['ivan', 'peggy@fabrikam.example', 'skype', 'federated-to-islands'],
    ['alice', 'peggy@fabrikam.example', 'skype', 'federated-to-islands'],
    // Where Microsoft's tables say "Not possible".
    ['carol', 'heidi', 'nowhere', 'on-prem-sender'],
    ['mallory', 'heidi', 'skype', 'bridged-on-prem-sender'],
    ['carol', 'grace@fabrikam.example', 'nowhere', 'on-prem-sender'],
    ['mallory', 'grace@fabrikam.example', 'teams', 'bridged-on-prem-sender'],
    ['dave', 'heidi', 'nowhere', 'sender-not-enabled'],
    ['erin', 'heidi', 'skype', 'bridged-sender-not-enabled'],
  ];
  for (const [from, to, lands, rule] of cells)
    it(`${from} in Teams to ${to}: ${lands}, by ${rule}`, async () => {
      const landed = await fromTeams(from, to);
      assert.deepEqual([landed.lands, landed.rule], [lands, rule]);
    });

  it('somebody of another tenant without SfB is refused by Microsoft’s rules, and reached in Teams when bridged', async () => {
    await change('oscar@fabrikam.example', { mode: 'Islands', home: 'none' });
    const refused = await fromTeams('ivan', 'oscar@fabrikam.example');
    assert.deepEqual([refused.lands, refused.rule], ['nowhere', 'recipient-not-enabled']);
    const bridged = await fromTeams('alice', 'oscar@fabrikam.example');
    assert.deepEqual([bridged.lands, bridged.rule], ['teams', 'bridged-recipient-not-enabled']);
  });

  it('from SfB a message lands in Teams too for who is Legacy, homed online and signed in there', async () => {
    await shownInSkype('heidi', 'bob');
    const { lands, rule } = await fromSkype('heidi', 'bob');
    assert.deepEqual([lands, rule], ['teams', 'legacy-two-toasts']);
  });

  it('from SfB a message to who is Legacy, homed on-prem and not in SfB is taken up by the gateway', async () => {
    await change('mallory', { mode: 'Legacy' });
    await inTeams('mallory');
    await shownInSkype('frank', 'mallory');
    const { lands, rule } = await fromSkype('frank', 'mallory');
    assert.deepEqual([lands, rule], ['teams', 'legacy-sfb']);
  });

  it('a TeamsOnly person who writes from SfB all the same is refused, and told there', async () => {
    await change('judy', { mode: 'TeamsOnly' });
    const { lands, rule } = await fromSkype('judy', 'bob');
    assert.deepEqual([lands, rule], ['nowhere', 'impossible-facts']);
  });

  it('nobody can be kept in SfB without an account there', async () => {
    await assert.rejects(
      change('ivan', { mode: 'SfBOnly', home: 'none' }),
      /home: is none for a person in mode/,
    );
  });

  describe('a conversation that exists', () => {
    it('keeps its way', async () => {
      const { lands, rule } = await fromTeams('alice', 'frank');
      assert.deepEqual([lands, rule], ['skype', 'existing-thread']);
    });

    it('is closed where the recipient’s account moved home, under Microsoft’s rules, and goes on anew', async () => {
      await change('heidi', { home: 'onPrem' });
      const closed = await fromTeams('ivan', 'heidi');
      assert.deepEqual([closed.lands, closed.rule], ['nowhere', 'moved-home']);
      await change('heidi', { home: 'online' });
      const anew = await fromTeams('ivan', 'heidi');
      assert.deepEqual([anew.lands, anew.rule], ['skype', 'recipient-sfb']);
    });

    it('stays in Teams, in the same chat, when the recipient is upgraded and sees that chat', async () => {
      await change('carol', { mode: 'TeamsOnly', home: 'online' });
      const { lands, rule } = await fromTeams('alice', 'carol');
      assert.deepEqual([lands, rule], ['teams', 'recipient-teams-only']);
    });

    for (const [edit, rule] of [
      [{ mode: 'TeamsOnly', home: 'none' }, 'upgraded'],
      [{ mode: 'Legacy', home: 'none' }, 'lost-sfb'],
    ] as const)
      it(`is closed in a group that the gateway made for the recipient: ${rule}`, async () => {
        await change('frank', { mode: 'SfBOnly', home: 'onPrem' });
        const group = await groupFor('frank', 'bob');
        await change('frank', edit);
        const closed = await fromTeams('bob', 'frank', group);
        assert.deepEqual([closed.lands, closed.rule], ['nowhere', rule]);
      });

    it('is closed where the sender may no longer go its way, under Microsoft’s rules', async () => {
      await change('frank', { mode: 'Legacy', home: 'onPrem' });
      await change('ivan', { mode: 'Legacy' });
      await inTeams('ivan');
      const group = await groupFor('frank', 'ivan');
      await inTeams('frank', 'Busy', 'InACall');
      await change('ivan', { home: 'none' });
      const closed = await fromTeams('ivan', 'frank', group);
      assert.deepEqual([closed.lands, closed.rule], ['nowhere', 'sender-lost-way']);
    });
  });

  /** The group in which the gateway writes for somebody who is not linked. */
  async function groupFor(from: string, to: string): Promise<string> {
    await shownInSkype(from, to);
    await fromSkype(from, to);
    const group = (await world.teams(to).chats()).find(({ chatType }) => chatType === 'group');
    return group?.id ?? assert.fail('no group was made');
  }

  it('has tried every rule that there is', () => {
    const all = [
      ...landingRules.map(({ id }) => id),
      ...obstacleRules.flatMap(({ id }) => [`refused: ${id}`, `bridged-${id}`]),
      'refused: impossible-facts',
      'existing-thread',
      ...['upgraded', 'lost-sfb', 'lost-teams', 'moved-home', 'sender-lost-way'].map(
        (id) => `refused: ${id}`,
      ),
    ];
    const left = all.filter((id) => !reached.has(id));
    assert.deepEqual(left, [...unreachable, ...neverBridged.map((id) => `refused: ${id}`)]);
  });
});
