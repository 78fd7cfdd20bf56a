import { badRequest, type Fault } from '../fault.ts';
import { header, type SipRequest } from '../message.ts';
import { type ExpiryRules, expiresOf, grantExpiry } from './expiry.ts';

/** One publication of one endpoint. */
export interface Publication {
  readonly entityTag: string;
  /** Unix ms. */
  readonly expiresAt: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What is published of one resource in one event package, oldest first (RFC 3903). */
export type Publications = readonly Publication[];

/** What a PUBLISH asks for. */
export interface PublishWish {
  readonly ifMatch: string | undefined;
  /** `undefined`: whatever the server gives. */
  readonly seconds: number | undefined;
  readonly content: { readonly contentType: string; readonly body: Uint8Array } | undefined;
}

export type PublishOutcome =
  | {
      readonly kind: 'published';
      readonly change: 'added' | 'refreshed' | 'modified' | 'removed';
      /** For SIP-ETag; a removed publication has none. */
      readonly entityTag: string | undefined;
      readonly seconds: number;
    }
  | { readonly kind: 'refused'; readonly fault: Fault };

export interface PublishRules extends ExpiryRules {
  /** Publications of one resource at one time. */
  readonly maxPublications: number;
}

/** Reads a PUBLISH; a body without type, or a first publication without body, is a fault. */
export function readPublish(request: SipRequest): PublishWish | Fault {
  const ifMatch = header(request, 'SIP-If-Match');
  const contentType = header(request, 'Content-Type');
  const seconds = expiresOf(request);
  if (header(request, 'Event') === undefined) return { status: 489, field: 'Event', detail: 'missing' };
  if (ifMatch !== undefined && !/^[^\s,]+$/.test(ifMatch))
    return badRequest('SIP-If-Match', 'more than one tag');
  if (request.body.length === 0) {
    return ifMatch === undefined ? badRequest('body', 'missing') : { ifMatch, seconds, content: undefined };
  }
  if (contentType === undefined) return badRequest('Content-Type', 'missing');
  return { ifMatch, seconds, content: { contentType, body: request.body } };
}

/** RFC 3903 section 6. `newTag` is unused by any publication and is consumed by every success but a removal. */
export function publish(
  publications: Publications,
  wish: PublishWish,
  { rules, now, newTag }: { readonly rules: PublishRules; readonly now: number; readonly newTag: string },
): { readonly publications: Publications; readonly outcome: PublishOutcome } {
  const living = withoutExpired(publications, now);
  const known = living.find(({ entityTag }) => entityTag === wish.ifMatch);
  const refuse = (fault: Fault) => ({ publications: living, outcome: { kind: 'refused' as const, fault } });
  if (wish.ifMatch !== undefined && known === undefined) {
    return refuse({ status: 412, field: 'SIP-If-Match', detail: 'no such publication' });
  }
  const grant = grantExpiry(wish.seconds, rules);
  if (grant.kind === 'tooBrief') {
    const headers = [{ name: 'Min-Expires', value: String(grant.minExpires) }];
    return refuse({ status: 423, field: 'Expires', detail: 'too brief', headers });
  }
  const others = living.filter((each) => each !== known);
  if (grant.seconds === 0) {
    const outcome = { kind: 'published', change: 'removed', entityTag: undefined, seconds: 0 } as const;
    return { publications: others, outcome };
  }
  const content = wish.content ?? known;
  if (content === undefined) return refuse(badRequest('body', 'missing'));
  if (known === undefined && others.length >= rules.maxPublications) {
    return refuse({ status: 403, field: 'body', detail: 'too many publications of this resource' });
  }
  const { contentType, body } = content;
  const expiresAt = now + grant.seconds * 1000;
  const change = known === undefined ? 'added' : wish.content === undefined ? 'refreshed' : 'modified';
  return {
    publications: [...others, { entityTag: newTag, expiresAt, contentType, body }],
    outcome: { kind: 'published', change, entityTag: newTag, seconds: grant.seconds },
  };
}

export function withoutExpired(publications: Publications, now: number): Publications {
  const living = publications.filter(({ expiresAt }) => expiresAt > now);
  return living.length === publications.length ? publications : living;
}

/** When the next one expires (Unix ms); `undefined` when there is none. */
export function nextExpiry(publications: Publications): number | undefined {
  return publications.length === 0 ? undefined : Math.min(...publications.map(({ expiresAt }) => expiresAt));
}
