import { isObject } from '../hal.ts';
import { type Check, expectShape } from './answers.ts';
import type { Application } from './application.ts';
import { UnexpectedAnswer } from './failures.ts';
import { type Contact, type ContactNote, type ContactPresence, checks } from './shapes.ts';

/** Contacts that match a name or address. `limit` 1 to 100. Entries that are no contacts are left out. */
export async function search(
  application: Application,
  query: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Contact[]> {
  const { links, requester } = application;
  if (links.search === undefined) throw new UnexpectedAnswer('people has no search link');
  const answer = await requester.call('GET', links.search, { query: { query, limit }, signal });
  const embedded = expectShape(checks.search, answer.body, 'search')._embedded;
  const found = embedded?.contact;
  return (Array.isArray(found) ? found : isObject(found) ? [found] : []).filter((contact) =>
    checks.contact.Check(contact),
  );
}

export function readContact(application: Application, href: string, signal: AbortSignal): Promise<Contact> {
  return read(application, href, checks.contact, 'contact', signal);
}

/** One look at somebody's presence; needs no subscription. */
export function readContactPresence(
  application: Application,
  href: string,
  signal: AbortSignal,
): Promise<ContactPresence> {
  return read(application, href, checks.contactPresence, 'contactPresence', signal);
}

export function readContactNote(
  application: Application,
  href: string,
  signal: AbortSignal,
): Promise<ContactNote> {
  return read(application, href, checks.contactNote, 'contactNote', signal);
}

/** What all clients of a contact together can do (`Messaging`, `Audio`, …); none for somebody who is not signed in. */
export async function readContactModalities(
  application: Application,
  { _links }: Contact,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const href = _links.contactSupportedModalities?.href;
  if (href === undefined) throw new UnexpectedAnswer('contact has no contactSupportedModalities link');
  const shape = checks.contactModalities;
  return (await read(application, href, shape, 'contactSupportedModalities', signal)).modalities ?? [];
}

async function read<T>(
  { requester }: Application,
  href: string,
  shape: Check<T>,
  what: string,
  signal: AbortSignal,
): Promise<T> {
  const answer = await requester.call('GET', href, { signal });
  return expectShape(shape, answer.body, what);
}
