import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createPools, type EmbeddedPools } from '../../src/sandbox/skype/pools.ts';
import type { PasswordScheme } from '../../src/sandbox/skype/sip-door/authentication/passwords.ts';
import { eventually } from '../kit/eventually.ts';
import { withReference } from '../kit/reference.ts';
import { SipeActor, type SipeEvent, type SipeOptions } from '../kit/sipe-actor.ts';

const alice = 'alice@contoso.example';
const judy = 'judy@contoso.example';
const carol = 'carol@contoso.example';
const heidi = 'heidi@contoso.example';

/** Both pools on ports of their own, and people at real clients. */
class Office implements AsyncDisposable {
  readonly #pools: EmbeddedPools;
  readonly #actors: SipeActor[] = [];
  readonly #servers: { readonly online: string; readonly onPrem: string };

  private constructor(pools: EmbeddedPools, servers: { readonly online: string; readonly onPrem: string }) {
    this.#pools = pools;
    this.#servers = servers;
  }

  static async open(schemes?: readonly PasswordScheme[]): Promise<Office> {
    const pools = createPools(schemes ? { sip: { schemes } } : {});
    const online = await pools.online.sip.listen({ host: '127.0.0.1', port: 0 });
    const onPrem = await pools.onPrem.sip.listen({ host: '127.0.0.1', port: 0 });
    const servers = { online: `127.0.0.1:${online.port}`, onPrem: `127.0.0.1:${onPrem.port}` };
    pools.online.setAddresses({ sipTcp: servers.online });
    pools.onPrem.setAddresses({ sipTcp: servers.onPrem });
    return new Office(pools, servers);
  }

  get pools(): EmbeddedPools {
    return this.#pools;
  }

  async sits(
    address: string,
    pool: 'online' | 'onPrem' = 'online',
    options: Partial<SipeOptions> = {},
  ): Promise<SipeActor> {
    const actor = await SipeActor.start({ address, server: this.#servers[pool], ...options });
    this.#actors.push(actor);
    return actor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor[Symbol.asyncDispose]()));
    await this.#pools[Symbol.asyncDispose]();
  }
}

withReference('a real Skype for Business client at the embedded pools', () => {
  describe('two people at real clients, one in each pool', { timeout: 60_000 }, () => {
    let office: Office;
    let online: SipeActor;
    let onPrem: SipeActor;
    before(async () => {
      office = await Office.open();
      online = await office.sits(alice);
      onPrem = await office.sits(carol, 'onPrem');
    });
    after(() => office[Symbol.asyncDispose]());

    it('sign in, find their contacts, and see each other', async () => {
      await Promise.all([online.signedOn(), onPrem.signedOn()]);
      await Promise.all([online.shows(carol, 'available'), onPrem.shows(alice, 'available')]);
    });

    it('see each other’s changes', async () => {
      for (const status of ['busy', 'away', 'available']) {
        const from = onPrem.events.length;
        online.command(`status ${status}`);
        await onPrem.shows(alice, status, 5_000, from);
      }
    });

    it('write to each other, and see each other typing', async () => {
      online.write(carol, 'hello from the cloud');
      await onPrem.reads('hello from the cloud');
      onPrem.command(`typing ${alice} on`);
      await online.event('typing', ({ event, from }) => event === 'typing' && from === `sip:${carol}`);
      onPrem.write(alice, 'hello from the cellar');
      await online.reads('hello from the cellar');
      online.write(carol, 'second');
      await onPrem.reads('second');
    });

    it('change their contact list, which the pool keeps for the next sign-in', async () => {
      const peggy = 'peggy@fabrikam.example';
      const isPeggy = ({ who }: SipeEvent): boolean => who === `sip:${peggy}`;
      const first = await office.sits(heidi);
      await first.shows(alice, 'available');
      first.command(`add ${peggy}`);
      const list = office.pools.online.core.contacts(heidi);
      await eventually('peggy is a contact', () => list.contacts.has(peggy));
      await first.quit();
      const second = await office.sits(heidi);
      await second.event('knows peggy', (each) => each.event === 'buddy-added' && isPeggy(each));
      second.command(`remove ${peggy}`);
      await eventually('peggy is no contact', () => !list.contacts.has(peggy));
      await second.quit();
    });

    it('are told why a message did not arrive', async () => {
      online.write(judy, 'anybody?');
      await online.hears('offline');
      onPrem.command('status do-not-disturb');
      await online.shows(carol, 'do-not-disturb', 5_000);
      const third = await office.sits(judy);
      await third.signedOn();
      third.write(carol, 'quick question');
      await third.hears('do not want to be disturbed');
      await third.quit();
    });

    it('block somebody, who sees Offline and finds nobody there, until let in again', async () => {
      const third = await office.sits(heidi);
      await third.signedOn();
      await third.shows(alice, 'available');
      for (let round = 1; round <= 2; round++) {
        const from = third.events.length;
        online.command(`block ${heidi}`);
        await third.shows(alice, 'offline', 5_000, from);
        third.write(alice, `let me in ${round}`);
        await third.event(
          'offline',
          ({ event, text }) => event === 'conv-error' && text?.includes('offline') === true,
          8_000,
          from,
        );
        const at = third.events.length;
        online.command(`unblock ${heidi}`);
        await third.shows(alice, 'available', 5_000, at);
      }
      third.write(alice, 'at last');
      await online.reads('at last');
      assert.ok(!online.events.some(({ event, text }) => event === 'im' && text?.startsWith('let me in')));
      await third.quit();
    });

    it('sign out, and are gone within a second; so is one whose program is killed', async () => {
      const from = onPrem.events.length;
      await online.quit();
      await onPrem.shows(alice, 'offline', 1_000, from);
      const before = onPrem.events.length;
      const again = await office.sits(judy);
      await onPrem.shows(judy, 'available', 5_000, before);
      const at = onPrem.events.length;
      await again.kill();
      await onPrem.shows(judy, 'offline', 1_000, at);
    });
  });

  describe('a real client that cannot sign in', { timeout: 30_000 }, () => {
    const refused = async (office: Office, address: string, password: string): Promise<string> => {
      const actor = await office.sits(address, 'online', { password });
      const { text, fatal } = await actor.event('an error', ({ event }) => event === 'connection-error');
      assert.equal(fatal, true);
      return text ?? '';
    };

    it('is told why: wrong password, unknown person', async () => {
      await using office = await Office.open();
      const [wrong, unknown] = await Promise.all([
        refused(office, alice, 'wrong'),
        refused(office, 'nobody@contoso.example', 'demo'),
      ]);
      assert.match(wrong, /The user name or the password is wrong|Authentication failed/);
      assert.match(unknown, /Not found: User does not exist/);
    });

    it('is told so where only Digest is offered, too; and with the right password it signs in', async () => {
      await using office = await Office.open(['digest']);
      assert.match(await refused(office, alice, 'wrong'), /The user name or the password is wrong/);
      const actor = await office.sits(heidi);
      await actor.signedOn();
      await actor.event('its contacts', ({ event }) => event === 'buddy-added');
    });

    it('finds its own pool when it knocks at the other', async () => {
      await using office = await Office.open();
      const actor = await office.sits(carol, 'online');
      await actor.signedOn();
      assert.equal(office.pools.onPrem.sip.registered, 1);
    });
  });
});
