import type { PresenceState } from './states.ts';

/** What `setPresence` takes; Graph refuses every other pair. */
export type TeamsSessionPair =
  | 'Available/Available'
  | 'Busy/InACall'
  | 'Busy/InAConferenceCall'
  | 'Away/Away'
  | 'DoNotDisturb/Presenting';

/** What `setUserPreferredPresence` takes; `Offline/OffWork` is left out, because the gateway withdraws instead. */
export type TeamsPreferredPair =
  | 'Available/Available'
  | 'Busy/Busy'
  | 'DoNotDisturb/DoNotDisturb'
  | 'BeRightBack/BeRightBack'
  | 'Away/Away';

export type UcwaAvailability =
  | 'Online'
  | 'IdleOnline'
  | 'Busy'
  | 'IdleBusy'
  | 'DoNotDisturb'
  | 'BeRightBack'
  | 'Away'
  | 'Offline';

export type UcwaPreferred = 'Online' | 'Busy' | 'DoNotDisturb' | 'BeRightBack' | 'Away' | 'Offwork';

/** An activity token as each of the two dialects spells it. */
export type ActivityToken = { readonly ucwa: string; readonly sip: string };

export const tokens = {
  inactive: { ucwa: 'inactive', sip: 'inactive' },
  call: { ucwa: 'in-a-call', sip: 'on-the-phone' },
  conference: { ucwa: 'in-a-conference', sip: 'in-a-conference' },
  meeting: { ucwa: 'in-a-meeting', sip: 'in-a-meeting' },
  presenting: { ucwa: 'presenting', sip: 'in-presentation' },
  urgent: { ucwa: 'urgent-interruptions-only', sip: 'urgent-interruptions-only' },
  outOfOffice: { ucwa: 'out-of-office', sip: 'out-of-office' },
  offWork: { ucwa: 'off-work', sip: 'off-work' },
} as const satisfies Record<string, ActivityToken>;

/**
 * One state on every scale. Two calls make a presence in Teams: a session, and where a session cannot say it, a
 * preferred presence over it. `lost…` is what a watcher there no longer learns; empty where nothing is.
 */
export interface ScaleRow {
  readonly session: TeamsSessionPair | 'clear' | 'keep';
  readonly preferred: TeamsPreferredPair | 'none' | 'keep';
  readonly lostInTeams: string;
  /** `remove`: the endpoint goes; `keep`: nothing is said. */
  readonly ucwa: UcwaPreferred | 'remove' | 'keep';
  readonly lostInUcwa: string;
  /** SfB's availability number, `keep` where nothing is published. */
  readonly number: number | 'keep';
  readonly token?: ActivityToken;
  readonly lostInNumber: string;
}

const row = (
  [session, preferred, lostInTeams]: readonly [ScaleRow['session'], ScaleRow['preferred'], string],
  [ucwa, lostInUcwa]: readonly [ScaleRow['ucwa'], string],
  [number, lostInNumber, token]: readonly [ScaleRow['number'], string, ActivityToken?],
): ScaleRow => ({
  session,
  preferred,
  lostInTeams,
  ucwa,
  lostInUcwa,
  number,
  lostInNumber,
  ...(token && { token }),
});

/** The publish values of the gateway; neither Microsoft product documents a mapping to the other. */
export const scale: Readonly<Record<PresenceState, ScaleRow>> = {
  'Available/None': row(['Available/Available', 'none', ''], ['Online', ''], [3500, '']),
  'Available/OutOfOffice': row(
    ['Available/Available', 'none', 'out of office'],
    ['Online', 'out of office'],
    [15500, 'that the person is available', tokens.outOfOffice],
  ),
  'AvailableIdle/Inactive': row(
    ['Available/Available', 'none', 'idle'],
    ['Online', 'idle'],
    [5000, '', tokens.inactive],
  ),
  'Busy/None': row(['Available/Available', 'Busy/Busy', ''], ['Busy', ''], [6500, '']),
  'Busy/InACall': row(['Busy/InACall', 'none', ''], ['Busy', 'the call'], [6500, '', tokens.call]),
  'Busy/InAConferenceCall': row(
    ['Busy/InAConferenceCall', 'none', ''],
    ['Busy', 'the conference'],
    [7000, '', tokens.conference],
  ),
  'Busy/InAMeeting': row(
    ['Available/Available', 'Busy/Busy', 'the meeting'],
    ['Busy', 'the meeting'],
    [6500, '', tokens.meeting],
  ),
  'Busy/UrgentInterruptionsOnly': row(
    ['Available/Available', 'Busy/Busy', 'that urgent interruptions are welcome'],
    ['Busy', 'that urgent interruptions are welcome'],
    [6900, '', tokens.urgent],
  ),
  'BusyIdle/Inactive': row(['Away/Away', 'Busy/Busy', 'idle'], ['Busy', 'idle'], [8000, '', tokens.inactive]),
  'BusyIdle/InACall': row(
    ['Busy/InACall', 'none', 'idle'],
    ['Busy', 'idle, the call'],
    [8000, '', tokens.call],
  ),
  'BusyIdle/InAConferenceCall': row(
    ['Busy/InAConferenceCall', 'none', 'idle'],
    ['Busy', 'idle, the conference'],
    [8000, '', tokens.conference],
  ),
  'BusyIdle/InAMeeting': row(
    ['Away/Away', 'Busy/Busy', 'idle, the meeting'],
    ['Busy', 'idle, the meeting'],
    [8000, '', tokens.meeting],
  ),
  'DoNotDisturb/None': row(
    ['Available/Available', 'DoNotDisturb/DoNotDisturb', ''],
    ['DoNotDisturb', ''],
    [9500, ''],
  ),
  'DoNotDisturb/Presenting': row(
    ['DoNotDisturb/Presenting', 'none', ''],
    ['DoNotDisturb', 'the presentation'],
    [9500, '', tokens.presenting],
  ),
  'DoNotDisturb/UrgentInterruptionsOnly': row(
    ['Available/Available', 'DoNotDisturb/DoNotDisturb', 'that urgent interruptions are welcome'],
    ['DoNotDisturb', 'that urgent interruptions are welcome'],
    [6900, 'that other interruptions are not: the number lies in the range of Busy', tokens.urgent],
  ),
  'BeRightBack/None': row(['Away/Away', 'BeRightBack/BeRightBack', ''], ['BeRightBack', ''], [12500, '']),
  'Away/None': row(['Away/Away', 'none', ''], ['Away', ''], [15500, '']),
  'Away/OutOfOffice': row(
    ['Away/Away', 'none', 'out of office'],
    ['Away', 'out of office'],
    [15500, '', tokens.outOfOffice],
  ),
  'Away/OffWork': row(['Away/Away', 'none', 'off work'], ['Offwork', ''], [15500, '', tokens.offWork]),
  'Offline/None': row(['clear', 'none', ''], ['remove', ''], [18500, '']),
  'PresenceUnknown/None': row(['keep', 'keep', ''], ['keep', ''], ['keep', '']),
};
