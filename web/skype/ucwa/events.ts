import { arrayAt, isRecord, recordAt, stringAt } from '../../shared/http.ts';
import { linkOf, type Resource } from './hal.ts';

export interface UcwaEvent {
  /** Of the sender: `me`, `people`, `communication`, `conversation` … */
  readonly sender: string;
  readonly senderHref: string;
  readonly type: string;
  readonly rel: string;
  readonly href: string;
  readonly title: string;
  /** The collection it is about, if it is about membership. */
  readonly inRel: string;
  readonly inHref: string;
  /** The resource if the pool sent it along. */
  readonly resource: Resource | undefined;
  readonly status: string;
  readonly reason: Reason | undefined;
}

export interface Reason {
  readonly code: string;
  readonly subcode: string;
  readonly message: string;
}

export type Onward =
  | { readonly kind: 'next'; readonly href: string }
  /** The server has forgotten conversations and subscriptions; the channel goes on. */
  | { readonly kind: 'resume'; readonly href: string }
  /** Packages were lost: everything transient must be read again. */
  | { readonly kind: 'resync'; readonly href: string }
  | { readonly kind: 'nowhere' };

/** Where the channel goes on after this answer. */
export function onwardOf(payload: unknown): Onward {
  const resync = linkOf(payload, 'resync');
  if (resync) return { kind: 'resync', href: resync };
  const resume = linkOf(payload, 'resume');
  if (resume) return { kind: 'resume', href: resume };
  const next = linkOf(payload, 'next');
  return next ? { kind: 'next', href: next } : { kind: 'nowhere' };
}

/** All events of a payload, in the order of the payload. */
export function eventsOf(payload: unknown): readonly UcwaEvent[] {
  return arrayAt(payload, 'sender').flatMap((sender) =>
    arrayAt(sender, 'events').map((event) =>
      toEvent(stringAt(sender, 'rel'), stringAt(sender, 'href'), event),
    ),
  );
}

function toEvent(sender: string, senderHref: string, event: unknown): UcwaEvent {
  const rel = stringAt(event, 'link', 'rel');
  const embedded = recordAt(event, '_embedded')[rel];
  return {
    sender,
    senderHref,
    type: stringAt(event, 'type'),
    rel,
    href: stringAt(event, 'link', 'href'),
    title: stringAt(event, 'link', 'title'),
    inRel: stringAt(event, 'in', 'rel'),
    inHref: stringAt(event, 'in', 'href'),
    resource: isRecord(embedded) ? embedded : undefined,
    status: stringAt(event, 'status'),
    reason: toReason(recordAt(event)['reason']),
  };
}

function toReason(value: unknown): Reason | undefined {
  return isRecord(value)
    ? {
        code: stringAt(value, 'code'),
        subcode: stringAt(value, 'subcode'),
        message: stringAt(value, 'message'),
      }
    : undefined;
}
