import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Whole } from '../kit/whole.ts';

/** As an operator does, through the API. */
async function ask(
  world: Whole,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Readonly<Record<string, string>>,
): Promise<void> {
  const answer = await fetch(`${world.url}/api/people${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  assert.ok(answer.ok, await answer.text());
}

function change(world: Whole, person: string, edit: Readonly<Record<string, string>>): Promise<void> {
  return ask(world, 'PUT', `/${encodeURIComponent(person)}`, edit);
}

async function people(world: Whole): Promise<readonly Seen[]> {
  return (await world.api<{ people: readonly Seen[] }>('/api/people')).people;
}
interface Seen {
  readonly id: string;
  readonly displayName: string;
  readonly mode: string;
  readonly skype: { readonly home: string };
}

describe('bob is upgraded to TeamsOnly in the middle of a conversation', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const bob = world.skype('bob');
  const heidi = world.skype('heidi');
  let chat = '';

  it('before, what alice writes in Teams reaches him in SfB', async () => {
    await bob.signIn();
    chat = await alice.chatWith('bob@contoso.example');
    const id = await alice.say(chat, 'before the upgrade');
    await bob.accept(await bob.invitation('before the upgrade'));
    assert.equal((await world.ended(id)).state, 'delivered');
  });

  it('the next message stays in Teams, in the same chat, with no restart', async () => {
    await change(world, 'bob@contoso.example', { mode: 'TeamsOnly' });
    const ended = await world.ended(await alice.say(chat, 'after the upgrade'));
    assert.equal(ended.state, 'native');
    await world.teams('bob').sees(chat, 'after the upgrade');
    assert.ok(!bob.received.some((text) => text.includes('after the upgrade')));
  });

  it('his presence in Teams is shown in SfB from now on', async () => {
    await bob.signOut();
    await heidi.signIn();
    const inTeams = world.teams('bob');
    await inTeams.signIn();
    await inTeams.prefer('Busy');
    await eventually(
      'bob is Busy in SfB',
      async () => (await heidi.presenceOf('bob@contoso.example')) === 'Busy',
    );
  });

  it('he is as changed after a restart, too', async () => {
    await world.stopGateway();
    await world.startGateway();
    const bobNow = (await people(world)).find(({ id }) => id === 'bob@contoso.example');
    assert.equal(bobNow?.mode, 'TeamsOnly');
  });
});

describe('carol is moved from the online pool to the on-prem one, under Microsoft’s own rules', async () => {
  const world = await Whole.open({ ISTHMUS_POLICY: 'microsoft' });
  after(() => world[Symbol.asyncDispose]());
  const alice = world.teams('alice');
  const carol = world.skype('carol');
  let chat = '';

  it('before, what alice writes in Teams reaches her in SfB', async () => {
    await change(world, 'carol@contoso.example', { home: 'online' });
    await carol.signIn();
    chat = await alice.chatWith('carol@contoso.example');
    const id = await alice.say(chat, 'before the move');
    await carol.accept(await carol.invitation('before the move'));
    assert.equal((await world.ended(id)).state, 'delivered');
  });

  it('the thread is known after a restart by the home that it was made with', async () => {
    await world.stopGateway();
    await world.startGateway();
  });

  it('the next message finds the thread closed: alice is told what to do, and carol is not shown it', async () => {
    await change(world, 'carol@contoso.example', { home: 'onPrem' });
    const id = await alice.say(chat, 'into the old thread');
    assert.equal((await world.ended(id)).end?.refusal?.id, 'thread-closed');
    const notice = await alice.seesAnywhere(`Message ${id}`, 10_000);
    assert.match(notice.content, /Send the message again: that starts a new conversation/);
    assert.ok(!carol.received.some((text) => text.includes('into the old thread')));
  });

  it('sent again it arrives, and the conversation goes on', async () => {
    for (const text of ['sent again', 'and one more']) {
      const id = await alice.say(chat, text);
      if (text === 'sent again') await carol.accept(await carol.invitation(text));
      await carol.message(text);
      assert.equal((await world.ended(id)).state, 'delivered');
    }
  });
});

describe('bob is removed, and comes back', async () => {
  const world = await Whole.open();
  after(() => world[Symbol.asyncDispose]());
  const bob = world.teams('bob');
  const heidi = world.skype('heidi');
  const shows = (availability: string) =>
    eventually(
      `bob is ${availability} in SfB`,
      async () => (await heidi.presenceOf('bob@contoso.example')) === availability,
    );

  it('before, he is shown in SfB as he is in Teams, and reached there', async () => {
    await heidi.signIn();
    await bob.signIn();
    await shows('Online');
    await heidi.invite('bob@contoso.example', 'before he goes');
    await bob.seesAnywhere('before he goes');
  });

  it('once he is removed SfB sees him no more, and nobody reaches him', async () => {
    await ask(world, 'DELETE', '/bob@contoso.example');
    await shows('Offline');
    assert.ok(!(await people(world)).some(({ id }) => id === 'bob@contoso.example'));
    assert.notEqual((await heidi.invite('bob@contoso.example', 'into the void')).status, 'Success');
  });

  it('when that is taken back and he is linked again, he is shown and reached as before', async () => {
    await bob.signOut();
    await ask(world, 'POST', '/bob@contoso.example/undo');
    await ask(world, 'PUT', '/bob@contoso.example/links/skype', {
      kind: 'password',
      username: 'bob@contoso.example',
      password: 'demo',
    });
    await bob.signIn();
    await shows('Online');
    await heidi.invite('bob@contoso.example', 'welcome back');
    await bob.seesAnywhere('welcome back');
  });
});

describe('an SfB session whose writer becomes TeamsOnly', async () => {
  const world = await Whole.open({ ISTHMUS_SKYPE_SESSION_IDLE_MS: '1500' });
  after(() => world[Symbol.asyncDispose]());
  const bob = world.teams('bob');
  const heidi = world.skype('heidi');
  let conversation = '';
  let lastAt = 0;

  it('goes on as it was for as long as it lives', async () => {
    await heidi.signIn();
    await bob.signIn();
    await eventually(
      'bob is shown',
      async () => (await heidi.presenceOf('bob@contoso.example')) === 'Online',
    );
    ({ conversation } = await heidi.invite('bob@contoso.example', 'opens the session'));
    await bob.seesAnywhere('opens the session');
    await change(world, 'heidi@contoso.example', { mode: 'TeamsOnly' });
    await heidi.say(conversation, 'still in it');
    await bob.seesAnywhere('still in it');
    lastAt = Date.now();
  });

  it('after its silence the next message is a new conversation, by the rules as they are then', async () => {
    await eventually('the session has been silent', () => Date.now() - lastAt > 1_500, 10_000);
    await heidi.say(conversation, 'too late');
    await heidi.message('Not delivered', 10_000);
    assert.match(heidi.received.at(-1) ?? '', /coexistence rules refuse/);
  });
});

describe('people who are read from the tenants', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-attributes-'));
  const attributes = join(folder, 'skype.csv');
  writeFileSync(
    attributes,
    [
      'UserPrincipalName,SipAddress,Enabled,HostingProvider,TeamsUpgradeEffectiveMode',
      'heidi@contoso.example,sip:heidi@contoso.example,True,sipfed.online.lync.com,SfBOnly',
      'frank@contoso.example,sip:frank@contoso.example,True,SRV:,SfBOnly',
      'alice@contoso.example,sip:alice@contoso.example,True,sipfed.online.lync.com,',
    ].join('\n'),
  );
  const world = await Whole.open({
    ISTHMUS_PEOPLE: JSON.stringify({
      list: [],
      graph: { intervalMs: 1_000, skypeAttributes: attributes },
      defaults: {
        'contoso.example': { mode: 'Islands', home: 'none' },
        'fabrikam.example': { mode: 'Islands', home: 'none' },
      },
    }),
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  const find = async (name: string) =>
    (await people(world)).find(({ id }) => id === `${name}@contoso.example`);

  it('are everybody there but the gateway’s own accounts, with what the SfB side says of them', async () => {
    // The sandbox keeps an account there that this gateway does not use, and so cannot tell from a person's.
    world.servers.teams.tenants.directory.change('isthmus-onprem@fabrikam.example', {
      accountEnabled: false,
    });
    await eventually('both tenants have been read', async () => (await people(world)).length === 13);
    const frank = await find('frank');
    assert.deepEqual([frank?.mode, frank?.skype.home], ['SfBOnly', 'onPrem']);
    const bob = await find('bob');
    assert.deepEqual([bob?.mode, bob?.skype.home], ['Islands', 'none']);
  });

  it('chat', async () => {
    const heidi = world.skype('heidi');
    await heidi.signIn();
    const alice = world.teams('alice');
    const id = await alice.say(await alice.chatWith('heidi@contoso.example'), 'Hello from a tenant');
    await heidi.accept(await heidi.invitation('Hello from a tenant'));
    assert.equal((await world.ended(id)).state, 'delivered');
  });

  it('change within an interval; whom a conflict concerns stays, and nobody else is held up', async () => {
    const { directory } = world.servers.teams.tenants;
    directory.change('ivan@contoso.example', { displayName: 'Ivan the Other' });
    directory.change('alice@contoso.example', { proxyAddresses: ['sip:a@x.example', 'sip:b@x.example'] });
    directory.remove('dave@contoso.example');
    await eventually(
      'ivan has another name',
      async () => (await find('ivan'))?.displayName === 'Ivan the Other',
    );
    assert.equal(await find('dave'), undefined);
    assert.equal((await find('alice'))?.skype.home, 'online');
  });

  it('are there after a restart although Graph answers nobody', async () => {
    await world.stopGateway();
    world.servers.teams.tenants.throttle.order({ count: 100, retryAfter: 60, operation: 'GET /users/delta' });
    await world.startGateway();
    assert.equal((await people(world)).length, 12);
    assert.equal((await find('ivan'))?.displayName, 'Ivan the Other');
  });
});
