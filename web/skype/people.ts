import { stringAt } from '../shared/http.ts';
import { shownInSkype } from '../shared/presence/inSkype.ts';
import { noRemarks } from '../shared/presence/remarks.ts';
import type { Store } from '../shared/store.ts';
import type { SkypeAction } from './state/reducer.ts';
import { type Contact, type SkypeState, sipOf } from './state/state.ts';
import type { Application } from './ucwa/application.ts';
import { type Ucwa, UcwaError, withQuery } from './ucwa/client.ts';
import type { UcwaEvent } from './ucwa/events.ts';
import { allEmbedded, linkOf, type Resource } from './ucwa/hal.ts';

/** Minutes of a presence subscription, and how often it is prolonged. Pools give 10 to 30. */
const durationMinutes = 30;
const extendEveryMs = 10 * 60_000;
const maxFound = 20;

export interface People {
  /** Reads the contact list and subscribes to everybody's presence. */
  readonly load: () => Promise<void>;
  readonly handle: (event: UcwaEvent) => Promise<void>;
  readonly search: (query: string) => Promise<readonly Contact[]>;
  /** From now on this person's presence is followed, in the contact list or not. */
  readonly follow: (uri: string, name: string) => Promise<void>;
  /** Called every few seconds: prolongs the subscription when it is time. */
  readonly keep: (now: number) => Promise<void>;
}

/** Contacts and their presence in one application. */
export function createPeople(
  ucwa: Ucwa,
  application: Application,
  store: Store<SkypeState, SkypeAction>,
  now: () => number,
): People {
  /** A contact's address by the link of its resource, lower case: pools differ in case. */
  const uriByHref = new Map<string, string>();
  /** Where a contact's note is read first: a subscription tells of presence, and of notes only when they change. */
  const noteByUri = new Map<string, string>();
  let subscription: { readonly resource: unknown; readonly at: number } | undefined;

  const learn = (resource: Resource): Contact => {
    const uri = sipOf(stringAt(resource, 'uri'));
    for (const rel of ['self', 'contactPresence', 'contactNote']) {
      const href = linkOf(resource, rel);
      if (href) uriByHref.set(href.toLowerCase(), uri);
    }
    const note = linkOf(resource, 'contactNote');
    if (note) noteByUri.set(uri, note);
    const known = store.get().contacts?.find((contact) => contact.uri === uri);
    return {
      uri,
      name: stringAt(resource, 'name') || uri.replace(/^sip:/, ''),
      presence: known?.presence,
      remarks: known?.remarks ?? noRemarks,
    };
  };

  /** A pool shows the automatic reply of somebody who is out of office in the place of the person's note. */
  const noted = (uri: string, note: unknown): void => {
    const message = stringAt(note, 'message');
    const isOut = stringAt(note, 'type') === 'OutOfOffice';
    store.dispatch({
      type: 'contactNote',
      uri,
      note: isOut ? '' : message,
      outOfOffice: isOut ? message : undefined,
    });
  };

  const uriOf = async (href: string): Promise<string | undefined> => {
    const known = uriByHref.get(href.toLowerCase());
    if (known !== undefined || href === '') return known;
    return learn(toResource(await ucwa.get(href))).uri;
  };

  const subscribe = async (uris: readonly string[]): Promise<void> => {
    const href = linkOf(application.people, 'presenceSubscriptions');
    if (href === undefined || uris.length === 0) return;
    const { body } = await ucwa.post(href, { duration: durationMinutes, uris });
    subscription = { resource: body, at: now() };
  };

  const extend = async (): Promise<void> => {
    const self = linkOf(subscription?.resource, 'self');
    if (self === undefined) return;
    try {
      const { body } = await ucwa.post(withQuery(self, { duration: String(durationMinutes) }));
      subscription = { resource: body ?? subscription?.resource, at: now() };
    } catch (error) {
      if (!(error instanceof UcwaError && error.status === 404)) throw error;
      await subscribe((store.get().contacts ?? []).map((contact) => contact.uri));
    }
  };

  const load = async (): Promise<void> => {
    const href = linkOf(application.people, 'myContacts');
    const found = href === undefined ? [] : allEmbedded(await ucwa.get(href), 'contact').map(learn);
    const me = store.get().me.uri;
    const contacts = found.filter((one) => one.uri !== me).sort((a, b) => a.name.localeCompare(b.name));
    store.dispatch({ type: 'contacts', contacts });
    await subscribe(contacts.map((contact) => contact.uri));
  };

  const handle = async (event: UcwaEvent): Promise<void> => {
    switch (event.rel) {
      case 'contactPresence': {
        const uri = await uriOf(event.inHref);
        if (uri === undefined || event.type === 'deleted') return;
        const presence = event.resource ?? (await ucwa.get(event.href));
        const shown = shownInSkype(stringAt(presence, 'availability'), stringAt(presence, 'activity'));
        const isNew = store.get().contacts?.find((contact) => contact.uri === uri)?.presence === undefined;
        const lastActiveAt = dateIn(stringAt(presence, 'lastActive'));
        store.dispatch({ type: 'contactPresence', uri, presence: shown, lastActiveAt });
        const note = isNew ? noteByUri.get(uri) : undefined;
        return note === undefined ? undefined : noted(uri, await ucwa.get(note));
      }
      case 'contactNote': {
        const uri = await uriOf(event.inHref);
        if (uri === undefined) return;
        const note = event.type === 'deleted' ? undefined : (event.resource ?? (await ucwa.get(event.href)));
        return noted(uri, note);
      }
      case 'contact':
        if (event.inRel === 'subscribedContacts') {
          if (event.type === 'added') learn(event.resource ?? toResource(await ucwa.get(event.href)));
          return;
        }
        return event.type === 'updated' ? undefined : load();
      case 'presenceSubscription':
        if (event.type === 'updated') await extend();
        return;
      default:
        return;
    }
  };

  return {
    load,
    handle,
    search: async (query) => {
      const href = linkOf(application.people, 'search');
      if (href === undefined) return [];
      const answer = await ucwa.get(withQuery(href, { query, limit: String(maxFound) }));
      return allEmbedded(answer, 'contact').map(learn);
    },
    follow: async (uri, name) => {
      const contacts = store.get().contacts ?? [];
      if (contacts.some((contact) => contact.uri === uri)) return;
      store.dispatch({
        type: 'contacts',
        contacts: [...contacts, { uri, name, presence: undefined, remarks: noRemarks }],
      });
      const add = linkOf(subscription?.resource, 'addToPresenceSubscription');
      if (add === undefined) await subscribe([uri]);
      else await ucwa.post(add, { contactUris: [uri] });
    },
    keep: async (at) => {
      if (subscription && at - subscription.at >= extendEveryMs) await extend();
    },
  };
}

/** `/Date(1700000000000)/` as Unix ms. */
function dateIn(text: string): number | undefined {
  const [, ms] = /^\/Date\((\d+)[^)]*\)\/$/.exec(text) ?? [];
  return ms === undefined ? undefined : Number(ms);
}

function toResource(value: unknown): Resource {
  return typeof value === 'object' && value !== null ? (value as Resource) : {};
}
