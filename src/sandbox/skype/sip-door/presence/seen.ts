import type { Pidf } from '../../../../protocols/sip/body/pidf.ts';
import type { Categories, Category } from '../../../../protocols/sip/ms/categories.ts';
import { classOf } from '../../presence.ts';
import type { View } from '../../view.ts';
import { activityOf } from './own-presence.ts';

/** What a watcher sees of somebody, in the categories asked for. */
export function categoriesOf(view: View, wanted: readonly string[]): Categories {
  const all: readonly Category[] = [state(view), card(view), note(view)];
  const uri = `sip:${view.address}`;
  return { uri, categories: all.filter(({ name }) => wanted.includes(name)) };
}

/** The categories that SUBSCRIBEs without a list mean. */
export const allCategories: readonly string[] = ['state', 'contactCard', 'note'];

function state({ presence, device, lastActive }: View): Category {
  const { availability, activity } = presence;
  return {
    name: 'state',
    content: {
      kind: 'state',
      state: {
        type: 'aggregateState',
        manual: false,
        availability,
        ...(activity !== undefined && { activity: activityOf(activity) }),
        ...(device !== 'Unknown' && { device: device === 'PC' ? 'computer' : device }),
        ...(lastActive !== undefined && { lastActive: new Date(lastActive).toISOString() }),
      },
    },
  };
}

function card({ name, address, company }: View): Category {
  const named = { displayName: name, email: address };
  return {
    name: 'contactCard',
    content: { kind: 'contactCard', card: company === undefined ? named : { ...named, company } },
  };
}

function note({ note: text, automaticReply }: View): Category {
  if (automaticReply !== undefined)
    return { name: 'note', content: { kind: 'note', note: { type: 'OOF', text: automaticReply } } };
  return {
    name: 'note',
    content: text === '' ? { kind: 'empty' } : { kind: 'note', note: { type: 'personal', text } },
  };
}

/** The same for watchers that know PIDF alone. */
export function pidfOf({ address, presence, note, automaticReply }: View): Pidf {
  const text = automaticReply ?? note;
  const seen = classOf(presence.availability);
  const activity = activities[seen];
  return {
    entity: `sip:${address}`,
    tuples: [
      {
        id: 'pool',
        basic: seen === 'offline' ? 'closed' : 'open',
        contact: { uri: `sip:${address}` },
        notes: [],
      },
    ],
    notes: text === '' ? [] : [{ language: '', text }],
    person: { id: 'person', activities: activity === undefined ? [] : [activity], notes: [] },
  };
}

/** RPID (RFC 4480) has no word for who does not want to be disturbed; busy is the nearest. */
const activities: Readonly<Record<ReturnType<typeof classOf>, string | undefined>> = {
  online: undefined,
  idleOnline: undefined,
  busy: 'busy',
  idleBusy: 'busy',
  doNotDisturb: 'busy',
  beRightBack: 'away',
  away: 'away',
  offline: undefined,
};
