import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Calendar } from '../../src/sandbox/teams/presence/aggregate.ts';
import { eventually } from '../kit/eventually.ts';
import { openTwoNetworks } from '../kit/two-networks.ts';
import { Whole } from '../kit/whole.ts';

const alice = 'alice@contoso.example';
const bob = 'bob@contoso.example';

describe('what a calendar says in Teams', async () => {
  const w = await openTwoNetworks();
  after(() => w[Symbol.asyncDispose]());
  const heidi = w.skype('heidi');
  await heidi.signIn();
  const client = w.teams('alice');
  /** What an SfB client shows of alice: state, activity and note. */
  const inSkype = async () => {
    const { availability, activity } = await heidi.lookAt(alice);
    return [availability, activity, await heidi.noteOf(alice)].filter(Boolean).join(' ');
  };
  const shows = (what: string) =>
    w.until(`an SfB client shows “${what}”`, async () => (await inSkype()) === what);
  const inTeams = async () => {
    const { availability, activity } = await client.presenceOf(alice);
    return `${availability}/${activity}`;
  };

  it('out of office: Online in SfB, with the automatic reply in place of her note', async () => {
    await client.setStatus('At my desk');
    await client.signIn();
    await shows('Online At my desk');
    w.calendar('alice', { kind: 'outOfOffice', message: '<p>Back on <b>Monday</b></p>' });
    assert.equal(await inTeams(), 'Available/OutOfOffice');
    await shows('Online Out of office: Back on Monday');
  });

  it('follows the reply when she writes another, and when she leaves it empty', async () => {
    w.calendar('alice', { kind: 'outOfOffice', message: 'Back on Tuesday' });
    await shows('Online Out of office: Back on Tuesday');
    w.calendar('alice', { kind: 'outOfOffice', message: '' });
    await shows('Online Out of office');
  });

  it('stays beside whatever else she shows', async () => {
    w.calendar('alice', { kind: 'outOfOffice', message: 'Back on Tuesday' });
    await client.prefer('Busy');
    await shows('Busy Out of office: Back on Tuesday');
    await client.call('POST', '/me/presence/clearUserPreferredPresence', {});
    assert.equal(await inTeams(), 'Available/OutOfOffice');
  });

  it('goes with her when she signs out, and is there again when she comes back', async () => {
    await shows('Online Out of office: Back on Tuesday');
    await client.signOut();
    await w.until('Offline', async () => (await inSkype()) === 'Offline', 1_000);
    await client.signIn();
    await shows('Online Out of office: Back on Tuesday');
  });

  it('ends, and leaves her own note', async () => {
    w.calendar('alice', { kind: 'free' });
    await shows('Online At my desk');
  });

  it('a meeting: Busy in SfB, for as long as it lasts', async () => {
    w.calendar('alice', { kind: 'meeting' });
    assert.equal(await inTeams(), 'Busy/InAMeeting');
    await shows('Busy At my desk');
    w.calendar('alice', { kind: 'free' });
    await shows('Online At my desk');
  });
});

describe('out of office in SfB', async () => {
  const w = await openTwoNetworks();
  after(() => w[Symbol.asyncDispose]());
  const watcher = w.teams('alice');
  const client = w.skype('bob');
  /** What a Teams client shows of bob: state, activity and status message. */
  const inTeams = async () => {
    const { availability, activity } = await watcher.presenceOf(bob);
    return `${availability}/${activity} ${await watcher.statusOf(bob)}`.trim();
  };
  const shows = (what: string) =>
    w.until(`a Teams client shows “${what}”`, async () => (await inTeams()) === what);

  it('is Available in Teams, with the automatic reply in place of his note, and ends', async () => {
    await client.signIn();
    await client.setNote('Writing');
    await shows('Available/Available Writing');
    w.automaticReply('bob', 'Back in May');
    await shows('Available/Available Out of office: Back in May');
    w.automaticReply('bob', '');
    await shows('Available/Available Out of office');
    w.automaticReply('bob', undefined);
    await shows('Available/Available Writing');
  });

  it('goes with him when he signs out, and is there again when he comes back', async () => {
    w.automaticReply('bob', 'Back in June');
    await shows('Available/Available Out of office: Back in June');
    await client.signOut();
    await shows('Offline/Offline');
    const again = w.skype('bob');
    await again.signIn();
    await shows('Available/Available Out of office: Back in June');
    w.automaticReply('bob', undefined);
    await again.signOut();
    await shows('Offline/Offline');
  });
});

describe('what a calendar says in Teams, where the pool takes numbers and activities over SIP', async () => {
  const world = await Whole.open({ ISTHMUS_SANDBOX_PROTOCOLS_ONLINE: 'sip' });
  after(() => world[Symbol.asyncDispose]());
  const heidi = world.skype('heidi');
  const client = world.teams('alice');
  const calendar = async (says: Calendar): Promise<void> =>
    world.servers.teams.tenants.presence.setCalendar(await client.id(), says);
  const shows = (what: string) =>
    eventually(`an SfB client shows “${what}”`, async () => {
      const { availability, activity } = await heidi.lookAt(alice);
      return [availability, activity, await heidi.noteOf(alice)].filter(Boolean).join(' ') === what;
    });

  it('out of office: Away, with the automatic reply, and Online again when it ends', async () => {
    await heidi.signIn();
    await client.signIn();
    await shows('Online');
    await calendar({ kind: 'outOfOffice', message: 'Back on Monday' });
    await shows('Away out-of-office Out of office: Back on Monday');
    await calendar({ kind: 'free' });
    await shows('Online');
  });

  it('a meeting: Busy, in a meeting', async () => {
    await calendar({ kind: 'meeting' });
    await shows('Busy in-a-meeting');
    await calendar({ kind: 'free' });
    await shows('Online');
  });
});
