import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, bob, GraphWorld, gatewayApp, grace, itAnswersAsPublished, pageApp } from './graph-world.ts';

const minute = 60_000;

async function world() {
  const graph = new GraphWorld();
  const token = graph.user(alice);
  return {
    graph,
    token,
    app: graph.application(),
    set: (action: string, body?: unknown) => graph.ask(token, 'POST', `/me/presence/${action}`, body),
    session: (availability: string, activity: string, extra: object = {}) =>
      graph.ask(token, 'POST', '/me/presence/setPresence', {
        sessionId: pageApp,
        availability,
        activity,
        ...extra,
      }),
    shown: async () => {
      const { availability, activity } = (
        await graph.ask(graph.user(bob), 'GET', `/users/${alice.objectId}/presence`)
      ).body;
      return `${availability}/${activity}`;
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}

describe('reading presence', () => {
  it('works for me, for a user, and for a presence', async () => {
    await using alices = await world();
    const { graph, token, app } = alices;
    assert.equal((await graph.ask(token, 'GET', '/me/presence')).body.id, alice.objectId);
    assert.equal(
      (await graph.ask(app, 'GET', `/users/${alice.address}/presence`)).body.availability,
      'Offline',
    );
    assert.equal(
      (await graph.ask(app, 'GET', `/communications/presences/${alice.objectId}`)).body.id,
      alice.objectId,
    );
    assert.equal((await graph.ask(app, 'GET', '/users/nobody/presence')).status, 404);
  });

  it('works for many at once, up to 650', async () => {
    await using alices = await world();
    const { graph, app } = alices;
    const read = (ids: unknown) => graph.ask(app, 'POST', '/communications/getPresencesByUserId', { ids });
    const { body } = await read([bob.objectId, alice.objectId]);
    assert.deepEqual(
      body.value.map(({ id }: { id: string }) => id),
      [bob.objectId, alice.objectId],
    );
    const unknown = '00000000-0000-4000-8000-000000000000';
    assert.equal((await read([unknown])).body.value[0].availability, 'PresenceUnknown');
    assert.equal((await read(Array.from({ length: 650 }, (_, i) => `${i}`))).status, 200);
    assert.equal((await read(Array.from({ length: 651 }, (_, i) => `${i}`))).status, 400);
    assert.equal((await read([])).status, 400);
    assert.equal((await read('alice')).status, 400);
    const filter = `$filter=id in ('${alice.objectId}','${bob.objectId}')`;
    assert.equal((await graph.ask(app, 'GET', `/communications/presences?${filter}`)).body.value.length, 2);
  });

  it('does not reach into another tenant', async () => {
    await using alices = await world();
    const { graph, app } = alices;
    assert.equal((await graph.ask(app, 'GET', `/users/${grace.objectId}/presence`)).status, 404);
  });

  it('of others needs Presence.Read.All', async () => {
    await using alices = await world();
    const { graph } = alices;
    const narrow = graph.user(alice, ['Presence.Read']);
    assert.equal((await graph.ask(narrow, 'GET', '/me/presence')).status, 200);
    assert.equal((await graph.ask(narrow, 'GET', `/users/${bob.objectId}/presence`)).status, 403);
  });
});

describe('setPresence', () => {
  for (const [availability, activity] of [
    ['Available', 'Available'],
    ['Busy', 'InACall'],
    ['Busy', 'InAConferenceCall'],
    ['Away', 'Away'],
    ['DoNotDisturb', 'Presenting'],
  ] as const) {
    it(`shows ${availability}/${activity}, answering 200 without a body`, async () => {
      await using alices = await world();
      const { status, body } = await alices.session(availability, activity);
      assert.equal(status, 200);
      assert.equal(body, undefined);
      assert.equal(await alices.shown(), `${availability}/${activity}`);
    });
  }

  for (const [availability, activity, extra, field] of [
    ['Busy', 'Busy', {}, /activity/],
    ['Available', 'InAMeeting', {}, /activity/],
    ['Offline', 'OffWork', {}, /availability/],
    ['BeRightBack', 'BeRightBack', {}, /availability/],
    ['Available', 'Available', { expirationDuration: 'PT4M59S' }, /PT5M/],
    ['Available', 'Available', { expirationDuration: 'PT4H1S' }, /PT4H/],
    ['Available', 'Available', { expirationDuration: 'an hour' }, /expirationDuration/],
    ['Available', 'Available', { sessionId: gatewayApp }, /sessionId/],
  ] as const) {
    it(`refuses ${availability}/${activity} ${JSON.stringify(extra)}`, async () => {
      await using alices = await world();
      const { status, body } = await alices.session(availability, activity, extra);
      assert.equal(status, 400);
      assert.match(body.error.message, field);
    });
  }

  it('lasts five minutes unless it says otherwise', async () => {
    await using alices = await world();
    await alices.session('Busy', 'InACall');
    alices.graph.clock.advance(5 * minute - 1);
    assert.equal(await alices.shown(), 'Busy/InACall');
    alices.graph.clock.advance(1);
    assert.equal(await alices.shown(), 'Offline/Offline');
    await alices.session('Busy', 'InACall', { expirationDuration: 'PT1H' });
    alices.graph.clock.advance(59 * minute);
    assert.equal(await alices.shown(), 'Busy/InACall');
  });

  it('fades from Available after five and ten minutes, however long it was set for', async () => {
    await using alices = await world();
    await alices.session('Available', 'Available', { expirationDuration: 'PT4H' });
    alices.graph.clock.advance(5 * minute);
    assert.equal(await alices.shown(), 'Available/AvailableInactive');
    alices.graph.clock.advance(5 * minute);
    assert.equal(await alices.shown(), 'Away/Away');
  });

  it('by two applications shows the stronger', async () => {
    await using alices = await world();
    await alices.session('Available', 'Available');
    const path = `/users/${alice.objectId}/presence`;
    const gateway = { sessionId: gatewayApp, availability: 'Busy', activity: 'InACall' };
    assert.equal((await alices.graph.ask(alices.app, 'POST', `${path}/setPresence`, gateway)).status, 200);
    assert.equal(await alices.shown(), 'Busy/InACall');
    assert.equal(
      (await alices.graph.ask(alices.app, 'POST', `${path}/clearPresence`, { sessionId: gatewayApp })).status,
      200,
    );
    assert.equal(await alices.shown(), 'Available/Available');
  });

  it('is for oneself, or for an application with the role', async () => {
    await using alices = await world();
    const { graph, token } = alices;
    const body = { sessionId: pageApp, availability: 'Away', activity: 'Away' };
    assert.equal(
      (await graph.ask(token, 'POST', `/users/${bob.objectId}/presence/setPresence`, body)).status,
      403,
    );
    const reader = graph.application(['Presence.Read.All'], alice.tenant.id, pageApp);
    assert.equal(
      (await graph.ask(reader, 'POST', `/users/${bob.objectId}/presence/setPresence`, body)).status,
      403,
    );
  });
});

describe('clearPresence', () => {
  it('is 404 without a session, and leaves nothing but Offline', async () => {
    await using alices = await world();
    assert.equal((await alices.set('clearPresence', { sessionId: pageApp })).status, 404);
    await alices.session('Available', 'Available');
    assert.equal((await alices.set('clearPresence', { sessionId: pageApp })).status, 200);
    assert.equal(await alices.shown(), 'Offline/Offline');
  });
});

describe('setUserPreferredPresence', () => {
  for (const [availability, activity, days] of [
    ['Available', 'Available', 7],
    ['Busy', 'Busy', 1],
    ['DoNotDisturb', 'DoNotDisturb', 1],
    ['BeRightBack', 'BeRightBack', 7],
    ['Away', 'Away', 7],
    ['Offline', 'OffWork', 7],
  ] as const) {
    it(`shows ${availability}/${activity} for ${days} day(s) while there is a session`, async () => {
      await using alices = await world();
      const { graph } = alices;
      assert.equal((await alices.set('setUserPreferredPresence', { availability, activity })).status, 200);
      assert.equal(await alices.shown(), 'Offline/Offline');
      await alices.session('Busy', 'InACall');
      assert.equal(await alices.shown(), `${availability}/${activity}`);
      graph.clock.advance(days * 24 * 60 * minute - 1);
      await alices.session('Busy', 'InACall');
      assert.equal(await alices.shown(), `${availability}/${activity}`);
      graph.clock.advance(1);
      assert.equal(await alices.shown(), 'Busy/InACall');
    });
  }

  it('refuses other pairs', async () => {
    await using alices = await world();
    assert.equal(
      (await alices.set('setUserPreferredPresence', { availability: 'Busy', activity: 'InACall' })).status,
      400,
    );
    assert.equal(
      (await alices.set('setUserPreferredPresence', { availability: 'Offline', activity: 'Offline' })).status,
      400,
    );
  });

  it('is taken back by clearUserPreferredPresence, which needs an empty object', async () => {
    await using alices = await world();
    await alices.session('Available', 'Available');
    await alices.set('setUserPreferredPresence', { availability: 'Busy', activity: 'Busy' });
    assert.equal((await alices.set('clearUserPreferredPresence')).status, 400);
    assert.equal((await alices.set('clearUserPreferredPresence', {})).status, 200);
    assert.equal(await alices.shown(), 'Available/Available');
  });
});

describe('setStatusMessage', () => {
  const lunch = {
    statusMessage: {
      message: { content: 'Lunch', contentType: 'text' },
      expiryDateTime: { dateTime: '2026-01-05T10:00:00', timeZone: 'UTC' },
    },
  };

  it('shows the text to all, and its end to its author alone', async () => {
    await using alices = await world();
    assert.equal((await alices.set('setStatusMessage', lunch)).status, 200);
    const own = (await alices.graph.ask(alices.token, 'GET', '/me/presence')).body.statusMessage;
    assert.equal(own.expiryDateTime.dateTime, '2026-01-05T10:00:00');
    assert.equal(own.publishedDateTime, '2026-01-05T09:00:00.0000000Z');
    const seen = (await alices.graph.ask(alices.app, 'GET', `/users/${alice.objectId}/presence`)).body
      .statusMessage;
    assert.deepEqual(seen, { message: { contentType: 'text', content: 'Lunch' } });
  });

  it('ends at its time', async () => {
    await using alices = await world();
    await alices.set('setStatusMessage', lunch);
    alices.graph.clock.advance(60 * minute);
    assert.equal((await alices.graph.ask(alices.token, 'GET', '/me/presence')).body.statusMessage, null);
  });
});

describe('what the calendar says', () => {
  it('shows to all, with the automatic reply', async () => {
    await using alices = await world();
    await alices.session('Available', 'Available');
    alices.graph.tenants.presence.setCalendar(alice.objectId, { kind: 'meeting' });
    assert.equal(await alices.shown(), 'Busy/InAMeeting');
    const reply = { kind: 'outOfOffice', message: 'Until Monday' } as const;
    alices.graph.tenants.presence.setCalendar(alice.objectId, reply);
    assert.equal(await alices.shown(), 'Available/OutOfOffice');
    const seen = await alices.graph.ask(alices.app, 'GET', `/users/${alice.objectId}/presence`);
    assert.deepEqual(seen.body.outOfOfficeSettings, { message: 'Until Monday', isOutOfOffice: true });
  });

  it('cannot be said by an application', async () => {
    await using alices = await world();
    assert.equal((await alices.session('Available', 'OutOfOffice')).status, 400);
    assert.equal((await alices.session('Busy', 'InAMeeting')).status, 400);
    assert.equal(await alices.shown(), 'Offline/Offline');
  });
});

it('a presence carries a number that grows', async () => {
  await using alices = await world();
  const number = async () =>
    (await alices.graph.ask(alices.token, 'GET', '/me/presence')).body.sequenceNumber;
  const before = await number();
  await alices.session('Away', 'Away');
  assert.ok((await number()) > before);
});

itAnswersAsPublished();
