import type { ShownPresence } from '../../shared/presence/badge.ts';
import { shownInSkype } from '../../shared/presence/inSkype.ts';
import { shownInTeams } from '../../shared/presence/inTeams.ts';
import type { Side } from '../model.ts';
import { sideNames } from '../words.ts';
import type { Presence, Step } from './model.ts';

const skypeAvailability: Readonly<Record<string, string>> = {
  Available: 'Online',
  AvailableIdle: 'IdleOnline',
  BusyIdle: 'IdleBusy',
};

const skypeActivity: Readonly<Record<string, string>> = {
  InACall: 'on-the-phone',
  InAConferenceCall: 'in-a-conference',
  InAMeeting: 'in-a-meeting',
  Presenting: 'presenting',
  UrgentInterruptionsOnly: 'urgent-interruptions-only',
  OutOfOffice: 'out-of-office',
  OffWork: 'off-work',
};

/** A presence in the gateway's words, as that product draws and calls it. */
export function shownOn(side: Side, { availability, activity }: Presence): ShownPresence {
  if (side === 'teams') return shownInTeams({ availability, activity });
  return shownInSkype(
    named(skypeAvailability, availability) ?? availability,
    named(skypeActivity, activity) ?? '',
  );
}

/** Whose state counts, as a sentence. */
export function authorityWords(authority: string): string {
  switch (authority) {
    case 'teams':
      return 'Teams has the authority: Skype for Business is shown a copy.';
    case 'skype':
      return 'Skype for Business has the authority: Teams is shown a copy.';
    case 'none':
      return 'The two sides are independent: the gateway shows nothing.';
    default:
      return 'Teams has the authority while the person is signed in there, else Skype for Business.';
  }
}

export function stepWords({ side, kind, presence }: Step): string {
  const product = sideNames[side];
  const words = presence && shownOn(side, presence).words;
  switch (kind) {
    case 'seen':
      return `${product} reports ${words ?? 'nothing that is known'}`;
    case 'shown':
      return presence?.availability === 'Offline'
        ? `The gateway took its endpoint away in ${product}`
        : `The gateway shows ${words ?? 'a presence'} in ${product}`;
    case 'refused':
      return `${product} did not take what the gateway wanted to show`;
  }
}

function named(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
