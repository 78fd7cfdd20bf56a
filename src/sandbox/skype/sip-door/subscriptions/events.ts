import { pidfType } from '../../../../protocols/sip/body/pidf.ts';
import type { ExpiryRules } from '../../../../protocols/sip/events/expiry.ts';
import {
  accepts,
  mediaName,
  parseAccept,
  parseMediaType,
} from '../../../../protocols/sip/headers/content-type.ts';
import { parseEvent } from '../../../../protocols/sip/headers/event.ts';
import { bodyText, header, headerLines, textBody } from '../../../../protocols/sip/message.ts';
import { batchSubscribeType } from '../../../../protocols/sip/ms/batch-subscribe.ts';
import { categoriesType } from '../../../../protocols/sip/ms/categories.ts';
import {
  formatProvisioning,
  parseProvisioningRequest,
  provisioningEvent,
  provisioningType,
} from '../../../../protocols/sip/ms/provisioning.ts';
import { roamingContactsEvent } from '../../../../protocols/sip/ms/roaming-contacts.ts';
import { parseRoamingList, roamingSelfEvent } from '../../../../protocols/sip/ms/roaming-self.ts';
import { addressOfUri } from '../address.ts';
import type { Context } from '../handler.ts';
import { allCategories } from '../presence/seen.ts';
import { type Refusal, refusals } from '../refusal.ts';
import { categorySource, pidfSource, readBatch } from './presence.ts';
import { roamingContactsSource } from './roaming-contacts.ts';
import { roamingSelfSource } from './roaming-self.ts';
import { type Source, subscribe } from './subscription.ts';

/** Microsoft's servers give ten hours. */
const rules: ExpiryRules = { min: 30, max: 36_000, byDefault: 36_000 };

/** A SUBSCRIBE outside of a dialog, by its event package. It is answered, unless a refusal is given back. */
export function subscribeTo(context: Context): Refusal | undefined {
  const event = parseEvent(header(context.transaction.request, 'Event') ?? '')?.package;
  const isOwn = addressOfUri(context.transaction.request.uri) === context.address;
  if (event === 'presence') return presence(context);
  if (event === undefined || !ownEvents.has(event)) return refusals.badEvent;
  return isOwn ? own(context, event) : { ...refusals.notYou, reason: 'This is told to its owner alone' };
}

const ownEvents: ReadonlySet<string> = new Set([roamingContactsEvent, roamingSelfEvent, provisioningEvent]);

function own(context: Context, event: string): Refusal | undefined {
  const { door, transaction, address, endpoint } = context;
  const person = door.people.get(address);
  if (person === undefined) return refusals.unknownPerson;
  switch (event) {
    case roamingContactsEvent:
      return open(context, (changed) => roamingContactsSource(person.contacts, changed));
    case roamingSelfEvent: {
      const parts = parseRoamingList(bodyText(transaction.request));
      if (parts === undefined) return refusals.badDocument;
      return open(context, (changed) => roamingSelfSource(person, endpoint?.core.id, parts, changed));
    }
    default: {
      const groups = parseProvisioningRequest(bodyText(transaction.request));
      if (groups === undefined) return refusals.badDocument;
      return open(context, () => provisioningSource(groups));
    }
  }
}

/** This pool has no settings to give beyond the names of their groups. */
function provisioningSource(groups: readonly string[]): Source {
  const given = Object.fromEntries(groups.slice(0, 16).map((name) => [name, {}]));
  return {
    full: () => ({ contentType: provisioningType, body: textBody(formatProvisioning(given)) }),
    changes: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}

function presence(context: Context): Refusal | undefined {
  const { door, transaction, address } = context;
  const { request } = transaction;
  const type = parseMediaType(header(request, 'Content-Type') ?? '');
  const target = addressOfUri(request.uri);
  if (type !== undefined && mediaName(type) === batchSubscribeType) return batch(context);
  if (target === undefined || door.pool.visible(address, target) === undefined) return refusals.unknownPerson;
  const wantsCategories = headerLines(request, 'Accept').some((line) => /msrtc-event-categories/i.test(line));
  if (wantsCategories) return categories(context, [target], allCategories);
  const ranges = headerLines(request, 'Accept').flatMap((line) => parseAccept(line) ?? []);
  if (ranges.length > 0 && !accepts(ranges, pidfType)) return notAcceptable;
  return open(context, (changed) => pidfSource(door.pool, address, target, changed));
}

function batch(context: Context): Refusal | undefined {
  const { door, transaction } = context;
  const wish = readBatch(transaction.request, door.limits.batch);
  if ('status' in wish) return wish;
  if (wish.action !== 'subscribe') return refusals.badDocument;
  return categories(context, wish.addresses, wish.categories.length === 0 ? allCategories : wish.categories);
}

function categories(
  context: Context,
  addresses: readonly string[],
  wanted: readonly string[],
): Refusal | undefined {
  const { door, address } = context;
  return open(context, (changed) =>
    categorySource(
      {
        pool: door.pool,
        watcher: address,
        addresses,
        categories: wanted,
        most: door.limits.batch,
        newBoundary: door.newId,
      },
      changed,
    ),
  );
}

function open({ line, transaction }: Context, source: (changed: () => void) => Source): undefined {
  subscribe({ line, transaction, rules, open: source });
}

const notAcceptable: Refusal = {
  status: 406,
  code: 1019,
  reason: 'Presence is told as PIDF or in categories',
  headers: [{ name: 'Accept', value: `${pidfType}, ${categoriesType}` }],
};
