import { isObject } from '../hal.ts';
import { expectShape } from './answers.ts';
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

export async function readContact(
  application: Application,
  href: string,
  signal: AbortSignal,
): Promise<Contact> {
  const answer = await application.requester.call('GET', href, { signal });
  return expectShape(checks.contact, answer.body, 'contact');
}

/** One look at somebody's presence; needs no subscription. */
export async function readContactPresence(
  application: Application,
  href: string,
  signal: AbortSignal,
): Promise<ContactPresence> {
  const answer = await application.requester.call('GET', href, { signal });
  return expectShape(checks.contactPresence, answer.body, 'contactPresence');
}

export async function readContactNote(
  application: Application,
  href: string,
  signal: AbortSignal,
): Promise<ContactNote> {
  const answer = await application.requester.call('GET', href, { signal });
  return expectShape(checks.contactNote, answer.body, 'contactNote');
}

/** What all clients of a contact together can do (`Messaging`, `Audio`, …); none for somebody who is not signed in. */
export async function readContactModalities(
  application: Application,
  { _links }: Contact,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const href = _links.contactSupportedModalities?.href;
  if (href === undefined) throw new UnexpectedAnswer('contact has no contactSupportedModalities link');
  const answer = await application.requester.call('GET', href, { signal });
  return expectShape(checks.contactModalities, answer.body, 'contactSupportedModalities').modalities ?? [];
}
