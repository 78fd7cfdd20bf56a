import { lineOf } from '../../shared/presence/remarks.ts';
import type { Contact, SkypeState, Window } from './state.ts';

/** Contacts that match `query`, then those that only the pool's directory found. */
export function contactsFor(state: SkypeState, query: string, found: readonly Contact[]): readonly Contact[] {
  const contacts = state.contacts ?? [];
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return contacts;
  const own = contacts.filter((contact) => {
    const text = `${contact.name} ${contact.uri}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const known = new Set([...own.map((contact) => contact.uri), state.me.uri]);
  return [...own, ...found.filter((contact) => !known.has(contact.uri))];
}

/** Windows with anything in them, the newest first. */
export function windowsByTime(state: SkypeState): readonly Window[] {
  return Object.values(state.windows)
    .filter((window) => window.lines.length > 0)
    .sort((a, b) => (b.lines.at(-1)?.at ?? 0) - (a.lines.at(-1)?.at ?? 0));
}

/** The line under a contact's name: presence and remarks, or the address while nothing is known. */
export function secondLine({ presence, remarks, uri }: Contact, now: number): string {
  return presence ? lineOf(presence, remarks, now) : uri.replace(/^sip:/, '');
}
