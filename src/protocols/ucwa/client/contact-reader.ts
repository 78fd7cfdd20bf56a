import type { Application } from './application.ts';
import { backoff, type Clock, pause } from './clock.ts';
import type { ClientEvent, ContactEvent, ContactNoteEvent, ContactPresenceEvent } from './events.ts';
import { ConnectionFailed, RequestFailed } from './failures.ts';
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
  /** How often it could not be read. */
  readonly failures: number;
}

const readsAtOnce = 8;
/** Failures in a row after which somebody should hear of it. */
const worthTelling = 4;
const againMs = { first: 1_000, longest: 30_000 } as const;

export function createContactReader(options: ContactReaderOptions): ContactReader {
  const { application, clock, random, signal, noted } = options;
  const uriOf = new Map<string, string>();
  /** People of whom no event has spoken yet; nothing tells of a note that was there before. */
  const newcomers = new Set<string>();
  /** By the address of what is to be read. */
  const stale = new Map<string, Stale>();
  const reading = new Set<string>();
  const postponed = new Map<string, Stale>();

  const uriOfContact = async (contact: string): Promise<string> => {
    const known = uriOf.get(contact);
    if (known !== undefined && !(noted && newcomers.has(contact))) return known;
    const { uri, _links } = await readContact(application, contact, signal);
    uriOf.set(contact, uri);
    if (newcomers.delete(contact) && noted && _links.contactNote)
      stale.set(_links.contactNote.href, { contact, what: 'note', failures: 0 });
    return uri;
  };

  const read = async (href: string, { contact, what }: Stale): Promise<void> => {
    const uri = await uriOfContact(contact);
    const askedAt = clock.now();
    if (what === 'presence')
      options.observed(uri, await readContactPresence(application, href, signal), askedAt);
    else noted?.(uri, await readContactNote(application, href, signal), askedAt);
  };

  /** What could not be read would stay wrong until it changes again: nothing else tells of it. */
  const readOrLater = async (href: string, one: Stale): Promise<void> => {
    try {
      await read(href, one);
    } catch (error) {
      if (signal.aborted) return;
      const failures = one.failures + 1;
      const goesOn = mayPass(error);
      if (!goesOn || failures === worthTelling) options.failed(error);
      if (goesOn) postpone(href, { ...one, failures });
    }
  };

  const postpone = (href: string, one: Stale): void => {
    postponed.set(href, one);
    const ms = backoff(one.failures, againMs.first, againMs.longest, random);
    const isDue = (): void => {
      // Read since, because it changed once more, or not of interest any longer.
      if (postponed.get(href) !== one) return;
      stale.set(href, one);
      readStale();
    };
    pause(clock, ms, signal).then(isDue, () => undefined);
  };

  /** One read of an address at a time; a change that comes meanwhile is read afterwards. */
  const readStale = (): void => {
    for (const [href, one] of stale) {
      if (reading.size >= readsAtOnce || signal.aborted) return;
      if (reading.has(href)) continue;
      stale.delete(href);
      postponed.delete(href);
      reading.add(href);
      void readOrLater(href, one).finally(() => {
        reading.delete(href);
        readStale();
      });
    }
  };

  const takeContact = (event: ContactEvent): void => {
    if (event.type === 'deleted') {
      uriOf.delete(event.href);
      newcomers.delete(event.href);
      for (const [href, { contact }] of postponed) if (contact === event.href) postponed.delete(href);
      return;
    }
    if (event.type === 'added') newcomers.add(event.href);
    if (event.uri !== undefined) uriOf.set(event.href, event.uri);
  };

  const point = ({ type, href, contact }: PointingEvent, what: Stale['what']): void => {
    if (type !== 'deleted' && contact !== undefined) stale.set(href, { contact, what, failures: 0 });
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

/** Whether the same may be answered later: the pool was not reached, or had too much to do, or a fault. */
function mayPass(error: unknown): boolean {
  if (error instanceof ConnectionFailed) return true;
  return error instanceof RequestFailed && (error.status >= 500 || [408, 429].includes(error.status));
}
