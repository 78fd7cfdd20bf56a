import type { Application } from './application.ts';
import { backoff, type Clock, pause } from './clock.ts';
import type { ClientEvent, ContactEvent, ContactNoteEvent, ContactPresenceEvent } from './events.ts';
import { RequestFailed } from './failures.ts';
import { readContact, readContactNote, readContactPresence } from './people.ts';
import type { ContactNote, ContactPresence } from './shapes.ts';

export interface ContactReaderOptions {
  readonly application: Application;
  readonly clock: Clock;
  readonly random: () => number;
  /** `askedAt` is when the answer was asked for, Unix ms; answers about one person come in order. */
  readonly observed: (uri: string, presence: ContactPresence, askedAt: number) => void;
  /** As `observed`. Absent: notes are not read. */
  readonly noted?: (uri: string, note: ContactNote, askedAt: number) => void;
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Reads what the events of the people watched point at: they only say that something is another now. */
export interface ContactReader {
  /** To be given the events of every package. */
  handle(events: readonly ClientEvent[]): void;
}

type PointingEvent = ContactPresenceEvent | ContactNoteEvent;

interface Stale {
  readonly contact: string;
  readonly what: 'presence' | 'note';
}

const readsAtOnce = 8;
const readAttempts = 4;

export function createContactReader(options: ContactReaderOptions): ContactReader {
  const { application, clock, random, signal, noted } = options;
  const uriOf = new Map<string, string>();
  /** People of whom no event has spoken yet; nothing tells of a note that was there before. */
  const newcomers = new Set<string>();
  /** By the address of what is to be read. */
  const stale = new Map<string, Stale>();
  const reading = new Set<string>();

  const uriOfContact = async (contact: string): Promise<string> => {
    const known = uriOf.get(contact);
    if (known !== undefined && !(noted && newcomers.has(contact))) return known;
    const { uri, _links } = await readContact(application, contact, signal);
    uriOf.set(contact, uri);
    if (newcomers.delete(contact) && noted && _links.contactNote)
      stale.set(_links.contactNote.href, { contact, what: 'note' });
    return uri;
  };

  const read = async (href: string, { contact, what }: Stale): Promise<void> => {
    const uri = await uriOfContact(contact);
    const askedAt = clock.now();
    if (what === 'presence')
      options.observed(uri, await readContactPresence(application, href, signal), askedAt);
    else noted?.(uri, await readContactNote(application, href, signal), askedAt);
  };

  /** What could not be read would stay wrong until it changes again. */
  const readWithPatience = async (href: string, one: Stale): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read(href, one);
      } catch (error) {
        if (signal.aborted) return;
        if (attempt >= readAttempts || isNotFound(error)) return options.failed(error);
        await pause(clock, backoff(attempt, 1_000, 10_000, random), signal).catch(() => undefined);
      }
    }
  };

  /** One read of an address at a time; a change that comes meanwhile is read afterwards. */
  const readStale = (): void => {
    for (const [href, one] of stale) {
      if (reading.size >= readsAtOnce || signal.aborted) return;
      if (reading.has(href)) continue;
      stale.delete(href);
      reading.add(href);
      void readWithPatience(href, one).finally(() => {
        reading.delete(href);
        readStale();
      });
    }
  };

  const takeContact = (event: ContactEvent): void => {
    if (event.type === 'deleted') {
      uriOf.delete(event.href);
      newcomers.delete(event.href);
      return;
    }
    if (event.type === 'added') newcomers.add(event.href);
    if (event.uri !== undefined) uriOf.set(event.href, event.uri);
  };

  const point = ({ type, href, contact }: PointingEvent, what: Stale['what']): void => {
    if (type !== 'deleted' && contact !== undefined) stale.set(href, { contact, what });
  };

  return {
    handle(events) {
      for (const event of events) {
        if (event.kind === 'contact') takeContact(event);
        if (event.kind === 'contactPresence') point(event, 'presence');
        if (event.kind === 'contactNote' && noted) point(event, 'note');
      }
      readStale();
    },
  };
}

export function isNotFound(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 404;
}
