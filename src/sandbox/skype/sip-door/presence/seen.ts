import type { Pidf } from '../../../../protocols/sip/body/pidf.ts';
import type { Categories, Category } from '../../../../protocols/sip/ms/categories.ts';
import { classOf } from '../../presence.ts';
import type { Presentity } from '../../presentity.ts';
import { activityOf } from './own-presence.ts';

/** What a watcher sees of somebody, in the categories asked for. */
export function categoriesOf(presentity: Presentity, wanted: readonly string[]): Categories {
  const all: readonly Category[] = [state(presentity), card(presentity), note(presentity)];
  const uri = `sip:${presentity.account.address}`;
  return { uri, categories: all.filter(({ name }) => wanted.includes(name)) };
}

/** The categories that SUBSCRIBEs without a list mean. */
export const allCategories: readonly string[] = ['state', 'contactCard', 'note'];

function state({ presence, device, lastActive }: Presentity): Category {
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
        device: device === 'PC' || device === 'Unknown' ? 'computer' : device,
        ...(lastActive !== undefined && { lastActive: new Date(lastActive).toISOString() }),
      },
    },
  };
}

function card({ account }: Presentity): Category {
  const { name, address, company } = account;
  return {
    name: 'contactCard',
    content: { kind: 'contactCard', card: { displayName: name, email: address, company } },
  };
}

function note({ note: text }: Presentity): Category {
  return {
    name: 'note',
    content: text === '' ? { kind: 'empty' } : { kind: 'note', note: { type: 'personal', text } },
  };
}

/** The same for watchers that know PIDF alone. */
export function pidfOf(presentity: Presentity): Pidf {
  const { account, presence, note: text } = presentity;
  const seen = classOf(presence.availability);
  const activity = activities[seen];
  return {
    entity: `sip:${account.address}`,
    tuples: [
      {
        id: 'pool',
        basic: seen === 'offline' ? 'closed' : 'open',
        contact: { uri: `sip:${account.address}` },
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
