import type { Presence } from '../../../../core/presence/presence.ts';
import { type PresenceState, presenceOf, presenceStates, stateOf } from '../../../../core/presence/states.ts';
import { formatPidf, type Pidf, parsePidf } from '../../../../protocols/sip/body/pidf.ts';

/** How one state is told: open or closed, the activities of RFC 4480, and a note for people. */
interface Told {
  readonly basic: 'open' | 'closed';
  readonly activities: readonly string[];
  readonly note: string;
}

const told = (basic: Told['basic'], activities: readonly string[], note: string): Told => ({
  basic,
  activities,
  note,
});

/** Words and activities are those that other clients use and understand; each state has its own pair of them. */
const table: Readonly<Record<PresenceState, Told>> = {
  'Available/None': told('open', [], 'Available'),
  'Available/OutOfOffice': told('open', ['vacation'], 'Available, out of office'),
  'AvailableIdle/Inactive': told('open', ['away'], 'Inactive'),
  'Busy/None': told('open', ['busy'], 'Busy'),
  'Busy/InACall': told('open', ['busy', 'on-the-phone'], 'In a call'),
  'Busy/InAConferenceCall': told('open', ['busy', 'on-the-phone', 'meeting'], 'In a conference call'),
  'Busy/InAMeeting': told('open', ['busy', 'meeting'], 'In a meeting'),
  'Busy/UrgentInterruptionsOnly': told('open', ['busy'], 'Urgent interruptions only'),
  'BusyIdle/Inactive': told('open', ['busy', 'away'], 'Busy, inactive'),
  'BusyIdle/InACall': told('open', ['busy', 'away', 'on-the-phone'], 'In a call, inactive'),
  'BusyIdle/InAConferenceCall': told(
    'open',
    ['busy', 'away', 'on-the-phone', 'meeting'],
    'In a conference call, inactive',
  ),
  'BusyIdle/InAMeeting': told('open', ['busy', 'away', 'meeting'], 'In a meeting, inactive'),
  'DoNotDisturb/None': told('open', ['busy'], 'Do not disturb'),
  'DoNotDisturb/Presenting': told('open', ['busy', 'presentation'], 'Presenting'),
  'DoNotDisturb/UrgentInterruptionsOnly': told('open', ['busy'], 'Do not disturb, except for what is urgent'),
  'BeRightBack/None': told('open', ['away'], 'Be right back'),
  'Away/None': told('open', ['away'], 'Away'),
  'Away/OutOfOffice': told('open', ['away', 'vacation'], 'Out of office'),
  'Away/OffWork': told('open', ['away'], 'Off work'),
  'Offline/None': told('closed', [], 'Offline'),
  'PresenceUnknown/None': told('closed', [], ''),
};

const byNote = new Map<string, PresenceState>(
  presenceStates.flatMap((state) => {
    const { note } = table[state];
    return note === '' ? [] : [[note.toLowerCase(), state] as const];
  }),
);

/** COMPAT: what other clients write where we write {@link table}'s words. */
const otherNotes: Readonly<Record<string, PresenceState>> = {
  'do not disturb': 'DoNotDisturb/None',
  dnd: 'DoNotDisturb/None',
  'on the phone': 'Busy/InACall',
  idle: 'AvailableIdle/Inactive',
  brb: 'BeRightBack/None',
  'out to lunch': 'BeRightBack/None',
};

/** The document of one endpoint; undefined where nothing is known of the person. `note`: their own words, if any. */
export function toPidf(entity: string, tuple: string, presence: Presence, note = ''): string | undefined {
  const state = stateOf(presence);
  if (state === 'PresenceUnknown/None') return undefined;
  const { basic, activities, note: word } = table[state];
  const notes = [{ language: 'en', text: word }];
  return formatPidf({
    entity,
    tuples: [{ id: tuple, basic, notes }],
    notes: note === '' ? [] : [{ language: '', text: note }],
    person: { id: `p${tuple}`, activities, notes },
  });
}

/** Undefined for what is no PIDF. A document without any tuple says that nobody is there (RFC 3863). */
export function fromPidf(text: string): { readonly presence: Presence; readonly note: string } | undefined {
  const pidf = parsePidf(text);
  return pidf && { presence: presenceOf(stateIn(pidf)), note: pidf.notes[0]?.text ?? '' };
}

function stateIn({ tuples, person, notes }: Pidf): PresenceState {
  if (!tuples.some(({ basic }) => basic === 'open')) return 'Offline/None';
  const said = [
    ...(person?.notes ?? []),
    ...tuples.filter(({ basic }) => basic === 'open').flatMap((tuple) => tuple.notes),
    ...notes,
  ].map(({ text }) => text.trim().toLowerCase());
  for (const word of said) {
    const state = byNote.get(word) ?? (Object.hasOwn(otherNotes, word) ? otherNotes[word] : undefined);
    if (state !== undefined && state !== 'Offline/None') return state;
  }
  return stateOfActivities(new Set(person?.activities ?? []));
}

/** The strongest activity counts. */
function stateOfActivities(activities: ReadonlySet<string>): PresenceState {
  const isIdle = activities.has('away') && activities.has('busy');
  if (activities.has('presentation')) return 'DoNotDisturb/Presenting';
  if (activities.has('on-the-phone')) return isIdle ? 'BusyIdle/InACall' : 'Busy/InACall';
  if (activities.has('meeting')) return isIdle ? 'BusyIdle/InAMeeting' : 'Busy/InAMeeting';
  if (activities.has('busy') || activities.has('appointment'))
    return isIdle ? 'BusyIdle/Inactive' : 'Busy/None';
  if (activities.has('vacation') || activities.has('holiday')) return 'Away/OutOfOffice';
  if (activities.has('away') || activities.has('sleeping') || activities.has('meal')) return 'Away/None';
  return 'Available/None';
}
