import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { people } from '../../src/sandbox/world.ts';
import { eventually } from '../kit/eventually.ts';
import { type Kamailio, startKamailio } from '../kit/kamailio.ts';
import { SimpleActor } from '../kit/simple-actor.ts';
import { Whole } from '../kit/whole.ts';

const kim = 'kim@voip.example';
const erinThere = 'erin@voip.example';

/** Erin is TeamsOnly; Kim has a client of the SIP server, and stands in Teams as heidi’s account. */
function settings(server: Kamailio): Record<string, string> {
  const objectIdOf = (name: string) => people.find((person) => person.name === name)?.objectId;
  const pool = {
    name: 'voip',
    home: 'online',
    protocol: 'sip',
    sip: { servers: [`${server.host}:${server.port}`], transport: 'tcp', dialect: 'simple' },
    gatewayAccount: { username: 'isthmus@voip.example' },
  };
  const at = { home: 'online', pool: 'voip' };
  const list = [
    {
      id: 'erin@contoso.example',
      displayName: 'Erin Evans',
      objectId: objectIdOf('erin'),
      sip: `sip:${erinThere}`,
      mode: 'TeamsOnly',
      ...at,
    },
    {
      id: 'heidi@contoso.example',
      displayName: 'Kim Koch',
      objectId: objectIdOf('heidi'),
      sip: `sip:${kim}`,
      mode: 'SfBOnly',
      ...at,
    },
  ];
  return {
    ISTHMUS_SANDBOX_ENABLED: 'true',
    ISTHMUS_SKYPE_POOLS: JSON.stringify([pool]),
    ISTHMUS_PEOPLE_LIST: JSON.stringify(list),
    ISTHMUS_DELIVERY_DEADLINE_MS: '4000',
  };
}

describe('a Teams user and a user of a plain SIP server', async () => {
  const server = await startKamailio({ domains: ['voip.example'] });
  const world = await Whole.open(settings(server));
  const erin = world.teams('erin');
  const client = new SimpleActor(server, kim);
  after(async () => {
    await client[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  before(async () => {
    await client.register();
    await client.watch(erinThere);
  });

  it('see each other’s presence, and Offline within a second of the sign-out', async () => {
    await erin.signIn();
    await client.sees(erinThere, 'open Available');
    await erin.prefer('Busy');
    await client.sees(erinThere, 'open Busy', 10_000);
    const shown = async () => (await erin.presenceOf('heidi@contoso.example')).availability;
    await client.publish('open', 'Available');
    await eventually('Kim is Available in Teams', async () => (await shown()) === 'Available');
    await client.publish('open', 'Do not disturb');
    await eventually('Kim is not to be disturbed', async () => (await shown()) === 'DoNotDisturb', 10_000);
    await client.publish('closed', 'Offline');
    await eventually('Kim is Offline in Teams', async () => (await shown()) === 'Offline', 1_500);
    await erin.signOut();
    await eventually(
      'erin is Offline there',
      () => client.presences.get(erinThere)?.startsWith('closed'),
      1_500,
    );
  });

  it('chat both ways', async () => {
    await erin.signIn();
    const chat = await erin.chatWith('heidi@contoso.example');
    const id = await erin.say(chat, 'Hello from Teams');
    await client.hears('Hello from Teams');
    assert.equal((await world.ended(id)).state, 'delivered');
    assert.equal(await client.say(erinThere, 'Hello from SIP'), 200);
    await erin.sees(chat, 'Hello from SIP');
    await erin.say(chat, 'And again');
    await client.hears('And again');
  });

  it('who is signed out of Teams still receives what is sent from there, and reads it later', async () => {
    await erin.signOut();
    await eventually('erin is Offline there', () => client.presences.get(erinThere)?.startsWith('closed'));
    assert.equal(await client.say(erinThere, 'While you were out'), 200);
    await erin.seesAnywhere('While you were out');
  });

  it('a text that the client refuses ends in a notice with the reason', async () => {
    client.onText = (transaction) => void transaction.respond(603);
    const chat = await erin.chatWith('heidi@contoso.example');
    const id = await erin.say(chat, 'Please decline');
    const ended = await world.ended(id, 10_000);
    assert.deepEqual([ended.state, ended.end?.refusal?.id], ['failed', 'declined']);
    client.onText = undefined;
    await erin.seesAnywhere('Kim Koch declined');
  });
});
