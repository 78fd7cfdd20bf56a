import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withReference } from '../kit/reference.ts';
import { SipeActor } from '../kit/sipe-actor.ts';
import { Whole } from '../kit/whole.ts';

const alice = 'alice@contoso.example';
const heidi = 'heidi@contoso.example';

withReference('a real Skype for Business client and a Teams user, through the gateway', () => {
  describe('a person at a real Skype for Business client', { timeout: 60_000 }, () => {
    let world: Whole;
    let client: SipeActor;
    before(async () => {
      world = await Whole.open();
      client = await SipeActor.start({
        address: heidi,
        server: world.addresses.pools.online.sip.tls,
        transport: 'tls',
      });
      await client.signedOn();
    });
    after(async () => {
      await client[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    });

    it('sees a Teams user come, be busy, and go within a second of the sign-out', async () => {
      const teams = world.teams('alice');
      await teams.signIn();
      await client.shows(alice, 'available');
      const busy = client.events.length;
      await teams.prefer('Busy');
      await client.shows(alice, 'busy', 5_000, busy);
      const gone = client.events.length;
      await teams.signOut();
      await client.shows(alice, 'offline', 1_000, gone);
    });

    it('writes to a Teams user, and gets the answer', async () => {
      const teams = world.teams('alice');
      const before = client.events.length;
      await teams.signIn();
      await client.shows(alice, 'busy', 5_000, before);
      client.write(alice, 'from a real client');
      const { chat } = await teams.seesAnywhere('from a real client');
      await teams.say(chat, 'from Teams');
      await client.reads('from Teams');
      client.write(alice, 'and once more');
      await teams.sees(chat, 'and once more');
      await teams.say(chat, 'the last word');
      await client.reads('the last word');
      const contents = (await teams.messages(chat)).map(({ content }) => content.replace(/<[^>]+>/g, ''));
      assert.deepEqual(contents, ['from a real client', 'from Teams', 'and once more', 'the last word']);
    });

    it('does the same at the on-prem pool, which the gateway reaches over SIP', async () => {
      const frank = 'frank@contoso.example';
      const erin = 'erin@contoso.example';
      await using onPrem = await SipeActor.start({
        address: frank,
        server: world.addresses.pools.onPrem.sip.tcp,
      });
      const teams = world.teams('erin');
      await teams.signIn();
      await onPrem.shows(erin, 'available');
      onPrem.write(erin, 'from the cellar');
      const { chat } = await teams.seesAnywhere('from the cellar');
      await teams.say(chat, 'from above');
      await onPrem.reads('from above');
      const gone = onPrem.events.length;
      await teams.signOut();
      await onPrem.shows(erin, 'offline', 1_000, gone);
    });

    it('is written to by a Teams user first', async () => {
      const teams = world.teams('erin');
      await teams.signIn();
      const chat = await teams.chatWith(heidi);
      await teams.say(chat, 'may I?');
      await client.reads('may I?', 10_000);
      client.write('erin@contoso.example', 'you may');
      await teams.sees(chat, 'you may');
    });
  });
});
