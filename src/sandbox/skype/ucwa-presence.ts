import type { NoteView, PresenceView } from '../../protocols/ucwa/server/backend.ts';
import type { Availability, PreferredAvailability } from '../../protocols/ucwa/types.ts';
import { availability, type ChosenState, classOf, type Presence, type PresenceClass } from './presence.ts';
import type { View } from './view.ts';

const words: Readonly<Record<PresenceClass, Availability>> = {
  online: 'Online',
  idleOnline: 'IdleOnline',
  busy: 'Busy',
  idleBusy: 'IdleBusy',
  doNotDisturb: 'DoNotDisturb',
  beRightBack: 'BeRightBack',
  away: 'Away',
  offline: 'Offline',
};

function wordOf(presence: Presence): Availability {
  return words[classOf(presence.availability)];
}

const choices: Readonly<Record<PreferredAvailability, ChosenState>> = {
  Online: { availability: availability.online, activity: undefined },
  Busy: { availability: availability.busy, activity: undefined },
  DoNotDisturb: { availability: availability.doNotDisturb, activity: undefined },
  BeRightBack: { availability: availability.beRightBack, activity: undefined },
  Away: { availability: availability.away, activity: undefined },
  Offwork: { availability: availability.away, activity: 'off-work' },
};

export function chosenBy(choice: PreferredAvailability): ChosenState {
  return choices[choice];
}

/** Somebody who is not to be seen looks like somebody who is not there. */
export function viewOf(seen: View | undefined): PresenceView {
  if (!seen) return { availability: 'Offline', deviceType: 'Unknown' };
  const { activity } = seen.presence;
  return {
    availability: wordOf(seen.presence),
    ...(activity === undefined ? {} : { activity }),
    deviceType: seen.device,
    ...(seen.lastActive === undefined ? {} : { lastActive: seen.lastActive }),
  };
}

export function noteOf(seen: Pick<View, 'note' | 'automaticReply'> | undefined): NoteView {
  return seen?.automaticReply === undefined
    ? { message: seen?.note ?? '', type: 'Personal' }
    : { message: seen.automaticReply, type: 'OutOfOffice' };
}
