import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Activity,
  type Availability,
  activities,
  availabilities,
  offline,
  type Presence,
  samePresence,
} from './presence.ts';
import { scale } from './scale-table.ts';
import {
  fromNumber,
  fromTeams,
  fromUcwa,
  numberRanges,
  preferredFirst,
  shownInTeams,
  shownThroughSip,
  shownThroughUcwa,
  toNumber,
  toTeamsPreferred,
  toTeamsSession,
  toUcwaPreferred,
} from './scales.ts';
import { normalise, presenceOf, presenceStates, stateOf } from './states.ts';

const is = (availability: Availability, activity: Activity = 'None'): Presence => ({
  availability,
  activity,
});
const everyPair = availabilities.flatMap((a) => activities.map((b) => is(a, b)));

describe('presence states', () => {
  it('folds every pair of words into a state, once and for all, and keeps the availability', () => {
    for (const presence of everyPair) {
      const folded = normalise(presence);
      assert.ok(presenceStates.includes(stateOf(folded)));
      assert.deepEqual(normalise(folded), folded);
      assert.equal(folded.availability, presence.availability);
    }
  });
});

describe('Teams words', () => {
  const cells: readonly (readonly [string, string, Presence])[] = [
    ['Available', 'Available', is('Available')],
    ['Available', 'OutOfOffice', is('Available', 'OutOfOffice')],
    ['Available', 'AvailableInactive', is('AvailableIdle', 'Inactive')],
    ['AvailableIdle', 'Inactive', is('AvailableIdle', 'Inactive')],
    ['Busy', 'Busy', is('Busy')],
    ['Busy', 'InACall', is('Busy', 'InACall')],
    ['Busy', 'InAConferenceCall', is('Busy', 'InAConferenceCall')],
    ['Busy', 'InAMeeting', is('Busy', 'InAMeeting')],
    ['BusyIdle', 'BusyIdle', is('BusyIdle', 'Inactive')],
    ['DoNotDisturb', 'DoNotDisturb', is('DoNotDisturb')],
    ['DoNotDisturb', 'Presenting', is('DoNotDisturb', 'Presenting')],
    ['BeRightBack', 'BeRightBack', is('BeRightBack')],
    ['Away', 'Away', is('Away')],
    ['Away', 'OutOfOffice', is('Away', 'OutOfOffice')],
    ['Offline', 'Offline', is('Offline')],
    ['Offline', 'OffWork', is('Offline')],
    ['PresenceUnknown', 'PresenceUnknown', is('PresenceUnknown')],
  ];
  for (const [availability, activity, presence] of cells)
    it(`reads ${availability}/${activity} as ${stateOf(presence)}, in any letter case`, () => {
      assert.deepEqual(fromTeams(availability, activity), presence);
      assert.deepEqual(fromTeams(availability.toUpperCase(), activity.toLowerCase()), presence);
    });

  it('finds a call, a meeting or a presentation in whichever field it stands', () => {
    assert.deepEqual(fromTeams('inACall', 'busy'), is('Busy', 'InACall'));
    assert.deepEqual(fromTeams('inAMeeting', 'busy'), is('Busy', 'InAMeeting'));
    assert.deepEqual(fromTeams('presenting', 'doNotDisturb'), is('DoNotDisturb', 'Presenting'));
    assert.deepEqual(fromTeams('presenting', ''), is('DoNotDisturb', 'Presenting'));
    assert.deepEqual(fromTeams('focusing', 'busy'), is('DoNotDisturb'));
    assert.deepEqual(fromTeams('away', 'outOfOffice'), is('Away', 'OutOfOffice'));
    assert.deepEqual(fromTeams('Available', 'InAMeeting'), is('Busy', 'InAMeeting'));
  });

  it('lets an activity raise an availability that says less than it, and no other', () => {
    const call = { Available: 'Busy', AvailableIdle: 'BusyIdle', '': 'Busy' } as const;
    const presentation = { Available: 'DoNotDisturb', Busy: 'DoNotDisturb', '': 'DoNotDisturb' } as const;
    const raised: Readonly<Record<string, Readonly<Record<string, Availability>>>> = {
      Inactive: { Available: 'AvailableIdle', Busy: 'BusyIdle', '': 'AvailableIdle' },
      InACall: call,
      InAConferenceCall: call,
      InAMeeting: call,
      Presenting: presentation,
      Focusing: presentation,
      UrgentInterruptionsOnly: { Available: 'Busy', '': 'Busy' },
      OutOfOffice: { AvailableIdle: 'Away', '': 'Away' },
      OffWork: { '': 'Away' },
    };
    for (const [activity, table] of Object.entries(raised))
      for (const word of ['', ...availabilities.filter((each) => each !== 'PresenceUnknown')]) {
        const availability = table[word] ?? word;
        const carried = activities.find((each) => each === activity) ?? 'None';
        const expected = everyPair.find(
          (pair) => pair.availability === availability && pair.activity === carried,
        );
        assert.deepEqual(fromTeams(word, activity), expected && normalise(expected), `${word}/${activity}`);
      }
  });

  it('reads both words for who does not use a client, and in a field of either name', () => {
    for (const [word, presence] of [
      ['AvailableInactive', is('AvailableIdle', 'Inactive')],
      ['BusyInactive', is('BusyIdle', 'Inactive')],
    ] as const) {
      assert.deepEqual(fromTeams(word, ''), presence);
      assert.deepEqual(fromTeams('', word), presence);
      assert.deepEqual(fromTeams(word, 'Inactive'), presence);
    }
  });

  it('lets the first field decide where both name an availability', () => {
    const plain = ['Available', 'Busy', 'DoNotDisturb', 'BeRightBack', 'Away', 'Offline'];
    for (const first of [...plain, 'AvailableIdle', 'BusyIdle', 'AvailableInactive', 'BusyInactive'])
      for (const second of plain) assert.deepEqual(fromTeams(first, second), fromTeams(first, ''));
  });

  it('takes words that nobody documented as absent', () => {
    assert.deepEqual(fromTeams('Available', 'Gardening'), is('Available'));
    assert.deepEqual(fromTeams('Gardening', 'Away'), is('Away'));
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        assert.ok(presenceStates.includes(stateOf(fromTeams(a, b))));
      }),
    );
    assert.deepEqual(fromTeams('constructor', '__proto__'), is('PresenceUnknown'));
  });

  const sessionPairs = [
    'Available/Available',
    'Busy/InACall',
    'Busy/InAConferenceCall',
    'Away/Away',
    'DoNotDisturb/Presenting',
  ];
  const preferredPairs = [
    'Available/Available',
    'Busy/Busy',
    'DoNotDisturb/DoNotDisturb',
    'BeRightBack/BeRightBack',
    'Away/Away',
  ];
  it('writes only pairs that Graph takes, and every presence of somebody signed in has a session', () => {
    for (const state of presenceStates) {
      const session = toTeamsSession(presenceOf(state));
      const preferred = toTeamsPreferred(presenceOf(state));
      if (session.kind === 'set')
        assert.ok(sessionPairs.includes(`${session.availability}/${session.activity}`));
      else assert.match(state, /^(Offline|PresenceUnknown)/);
      if (preferred.kind === 'set')
        assert.ok(preferredPairs.includes(`${preferred.availability}/${preferred.activity}`));
    }
    assert.deepEqual(toTeamsSession(is('Offline')), { kind: 'clear' });
    assert.deepEqual(toTeamsSession(is('PresenceUnknown')), { kind: 'keep' });
  });

  it('shows in Teams what was published, but for what the table says is lost', () => {
    for (const state of presenceStates) {
      const shown = shownInTeams(presenceOf(state));
      if (scale[state].lostInTeams === '') assert.deepEqual(shown, presenceOf(state));
      else assert.notDeepEqual(shown, presenceOf(state), state);
      assert.deepEqual(shownInTeams(shown), shown);
    }
  });

  it('shows nothing between the two calls but what was shown before or is shown after, in the order named', () => {
    const states = presenceStates.filter((state) => state !== 'PresenceUnknown/None').map(presenceOf);
    for (const before of states)
      for (const after of states) {
        const first = preferredFirst(after);
        const session = toTeamsSession(first ? before : after);
        const preferred = toTeamsPreferred(first ? after : before);
        const over = preferred.kind === 'set' ? preferred : session;
        const between =
          session.kind === 'set' && over.kind === 'set'
            ? fromTeams(over.availability, over.activity)
            : offline;
        const allowed = [shownInTeams(before), shownInTeams(after), offline];
        assert.ok(allowed.some((presence) => samePresence(presence, between)));
      }
  });
});

describe('what is shown on the other side', () => {
  const ways = { shownInTeams, shownThroughUcwa, shownThroughSip };

  it('has the availability of what was published, idle or not, but where its number lies in another range', () => {
    for (const [way, shown] of Object.entries(ways))
      for (const state of presenceStates) {
        const hasOther =
          way === 'shownThroughSip' && /that the person is|that other/.test(scale[state].lostInNumber);
        const [before, after] = [presenceOf(state).availability, shown(presenceOf(state)).availability];
        assert.equal(after.replace('Idle', '') === before.replace('Idle', ''), !hasOther, `${way} ${state}`);
      }
  });

  it('says nothing of whom nothing is known', () => {
    const unknown = is('PresenceUnknown');
    assert.deepEqual(toTeamsPreferred(unknown), { kind: 'keep' });
    assert.deepEqual(toUcwaPreferred(unknown), { kind: 'keep' });
    for (const shown of Object.values(ways)) assert.deepEqual(shown(unknown), unknown);
  });
});

describe('Skype for Business words', () => {
  it('reads every UCWA word', () => {
    const words = {
      Online: is('Available'),
      IdleOnline: is('AvailableIdle', 'Inactive'),
      Busy: is('Busy'),
      IdleBusy: is('BusyIdle', 'Inactive'),
      DoNotDisturb: is('DoNotDisturb'),
      BeRightBack: is('BeRightBack'),
      Away: is('Away'),
      Offline: is('Offline'),
    };
    for (const [word, presence] of Object.entries(words)) {
      assert.deepEqual(fromUcwa(word), presence);
      assert.deepEqual(fromUcwa(word.toLowerCase(), 'no such token'), presence);
    }
    assert.deepEqual(fromUcwa(undefined), is('PresenceUnknown'));
    assert.deepEqual(fromUcwa('None'), is('PresenceUnknown'));
  });

  it('reads the activity tokens of both dialects', () => {
    for (const token of ['in-a-call', 'on-the-phone', 'In a call', ' in-a-call '])
      assert.deepEqual(fromUcwa('Busy', token), is('Busy', 'InACall'));
    for (const token of ['presenting', 'in-presentation'])
      assert.deepEqual(fromNumber(9500, token), is('DoNotDisturb', 'Presenting'));
    assert.deepEqual(fromUcwa('Away', 'Off Work'), is('Away', 'OffWork'));
    assert.deepEqual(fromNumber(15500, 'out-of-office'), is('Away', 'OutOfOffice'));
    assert.deepEqual(fromNumber(6900, 'urgent-interruptions-only'), is('Busy', 'UrgentInterruptionsOnly'));
  });

  it('lets the availability decide over a token that does not fit it', () => {
    assert.deepEqual(fromUcwa('Online', 'in-a-call'), is('Available'));
    assert.deepEqual(fromNumber(18500, 'in-a-call'), is('Offline'));
  });

  it('posts only settable words and shows what was posted, but for what the table says is lost', () => {
    for (const state of presenceStates) {
      const order = toUcwaPreferred(presenceOf(state));
      if (order.kind === 'set')
        assert.ok(
          ['Online', 'Busy', 'DoNotDisturb', 'BeRightBack', 'Away', 'Offwork'].includes(order.availability),
        );
      const shown = shownThroughUcwa(presenceOf(state));
      if (scale[state].lostInUcwa === '') assert.deepEqual(shown, presenceOf(state));
      else assert.notDeepEqual(shown, presenceOf(state), state);
      assert.deepEqual(shownThroughUcwa(shown), shown);
    }
  });
});

describe('Skype for Business numbers', () => {
  it('publishes the documented values', () => {
    const values: readonly (readonly [Presence, number, string?])[] = [
      [is('Available'), 3500],
      [is('AvailableIdle', 'Inactive'), 5000, 'inactive'],
      [is('Busy'), 6500],
      [is('Busy', 'InACall'), 6500, 'on-the-phone'],
      [is('Busy', 'InAConferenceCall'), 7000, 'in-a-conference'],
      [is('Busy', 'InAMeeting'), 6500, 'in-a-meeting'],
      [is('Busy', 'UrgentInterruptionsOnly'), 6900, 'urgent-interruptions-only'],
      [is('BusyIdle'), 8000, 'inactive'],
      [is('DoNotDisturb'), 9500],
      [is('DoNotDisturb', 'Presenting'), 9500, 'in-presentation'],
      [is('BeRightBack'), 12500],
      [is('Away'), 15500],
      [is('Away', 'OffWork'), 15500, 'off-work'],
      [is('Available', 'OutOfOffice'), 15500, 'out-of-office'],
      [is('Offline'), 18500],
    ];
    for (const [presence, number, activity] of values)
      assert.deepEqual(toNumber(presence, 'sip'), activity === undefined ? { number } : { number, activity });
    assert.equal(toNumber(is('PresenceUnknown'), 'sip'), undefined);
  });

  it('reads the documented ranges', () => {
    assert.deepEqual(numberRanges, [
      [0, 'Available'],
      [4500, 'AvailableIdle'],
      [6000, 'Busy'],
      [7500, 'BusyIdle'],
      [9000, 'DoNotDisturb'],
      [12000, 'BeRightBack'],
      [15000, 'Away'],
      [18000, 'Offline'],
    ]);
  });

  it('reads each range from its first number to its last', () => {
    numberRanges.forEach(([from, availability], index) => {
      const next = numberRanges[index + 1]?.[0] ?? 1_000_000;
      assert.equal(fromNumber(from).availability, availability);
      assert.equal(fromNumber(next - 1).availability, availability);
    });
    for (const wrong of [-1, Number.NaN]) assert.equal(fromNumber(wrong).availability, 'PresenceUnknown');
  });

  it('comes back as it went, in both dialects, but for what the table says is lost', () => {
    for (const state of presenceStates)
      for (const dialect of ['ucwa', 'sip'] as const) {
        const there = toNumber(presenceOf(state), dialect);
        if (there === undefined) continue;
        const back = fromNumber(there.number, there.activity);
        if (scale[state].lostInNumber === '') assert.deepEqual(back, presenceOf(state));
        else assert.notDeepEqual(back, presenceOf(state), state);
        assert.deepEqual(shownThroughSip(back), back);
      }
  });
});
