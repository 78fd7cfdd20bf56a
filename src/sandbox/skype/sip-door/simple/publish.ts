import { type Pidf, parsePidf, pidfType } from '../../../../protocols/sip/body/pidf.ts';
import {
  nextExpiry,
  type Publications,
  type PublishRules,
  publish,
  readPublish,
  withoutExpired,
} from '../../../../protocols/sip/events/publications.ts';
import { mediaName, parseMediaType } from '../../../../protocols/sip/headers/content-type.ts';
import { parseEvent } from '../../../../protocols/sip/headers/event.ts';
import { type Header, header } from '../../../../protocols/sip/message.ts';
import type { ServerTransaction } from '../../../../protocols/sip/transaction/server.ts';
import type { Clock } from '../../../clock.ts';
import type { Endpoint, EndpointDoor } from '../../endpoint.ts';
import type { Pool } from '../../pool.ts';
import { availability, type MachineState } from '../../presence.ts';
import { refusals, refuseWith } from '../refusal.ts';

const rules: PublishRules = { min: 60, max: 7_200, byDefault: 3_600, maxPublications: 16 };

interface Published {
  publications: Publications;
  /** One endpoint of the pool for each publication, by its tag: it shows, and never rings. */
  readonly endpoints: Map<string, Endpoint>;
  readonly clients: Map<string, object>;
  expiry: Disposable | undefined;
  saysBusy: boolean;
}

export interface SimplePresenceOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly fqdn: string;
  readonly newTag: () => string;
}

/** Presence that user agents publish as PIDF (RFC 3903): each publication is one more endpoint of the person. */
export class SimplePresence implements Disposable {
  readonly #options: SimplePresenceOptions;
  readonly #people = new Map<string, Published>();

  constructor(options: SimplePresenceOptions) {
    this.#options = options;
  }

  /** Answers a PUBLISH. `client` is the registered one that sent it, if any: with it goes what it published. */
  publish(transaction: ServerTransaction, address: string, client: object | undefined): void {
    const { clock, newTag, fqdn } = this.#options;
    const { request } = transaction;
    if (parseEvent(header(request, 'Event') ?? '')?.package !== 'presence') {
      refuseWith(transaction, refusals.badEvent, fqdn);
      return;
    }
    const wish = readPublish(request);
    if ('status' in wish) {
      transaction.respond(wish.status, { headers: wish.headers ?? [] });
      return;
    }
    const document = wish.content && documentOf(wish.content.contentType, wish.content.body);
    if (wish.content !== undefined && document === undefined) {
      const type = parseMediaType(wish.content.contentType);
      const isPidf = type !== undefined && mediaName(type) === pidfType;
      if (isPidf) refuseWith(transaction, refusals.badDocument, fqdn);
      else transaction.respond(415, { headers: [{ name: 'Accept', value: pidfType }] });
      return;
    }
    const person = this.#person(address);
    const given = { rules, now: clock.now(), newTag: newTag() };
    const { publications, outcome } = publish(person.publications, wish, given);
    person.publications = publications;
    if (outcome.kind === 'refused') {
      transaction.respond(outcome.fault.status, { headers: outcome.fault.headers ?? [] });
      return;
    }
    this.#show(address, person, { was: wish.ifMatch, is: outcome.entityTag, document, client });
    this.#armExpiry(address, person);
    const tag: readonly Header[] =
      outcome.entityTag === undefined ? [] : [{ name: 'SIP-ETag', value: outcome.entityTag }];
    transaction.respond(200, { headers: [...tag, { name: 'Expires', value: String(outcome.seconds) }] });
  }

  /** A registered client has gone. */
  clientGone(address: string, client: object): void {
    const person = this.#people.get(address);
    if (person === undefined) return;
    for (const [tag, by] of [...person.clients]) {
      if (by !== client) continue;
      person.publications = person.publications.filter(({ entityTag }) => entityTag !== tag);
      this.#hide(person, tag);
    }
    this.#armExpiry(address, person);
  }

  [Symbol.dispose](): void {
    for (const { expiry } of this.#people.values()) expiry?.[Symbol.dispose]();
    this.#people.clear();
  }

  #person(address: string): Published {
    const known = this.#people.get(address);
    if (known) return known;
    const person: Published = {
      publications: [],
      endpoints: new Map(),
      clients: new Map(),
      expiry: undefined,
      saysBusy: false,
    };
    this.#people.set(address, person);
    return person;
  }

  #show(
    address: string,
    person: Published,
    change: {
      readonly was: string | undefined;
      readonly is: string | undefined;
      readonly document: Pidf | undefined;
      readonly client: object | undefined;
    },
  ): void {
    const { was, is, document, client } = change;
    const known = was === undefined ? undefined : person.endpoints.get(was);
    if (is === undefined) {
      if (was !== undefined) this.#hide(person, was);
      return;
    }
    const endpoint = known ?? this.#options.pool.signIn(address, silentDoor);
    if (known === undefined) endpoint.register({ modalities: [], formats: [], device: 'Unknown' });
    if (was !== undefined) {
      person.endpoints.delete(was);
      person.clients.delete(was);
    }
    person.endpoints.set(is, endpoint);
    if (client !== undefined) person.clients.set(is, client);
    if (document !== undefined) this.#apply(person, endpoint, document);
  }

  #apply(person: Published, endpoint: Endpoint, document: Pidf): void {
    const activities = document.person?.activities ?? [];
    const isBusy = activities.some((each) => busyActivities.has(each));
    endpoint.report(machineOf(document));
    if (isBusy) endpoint.presentity.choose({ availability: availability.busy, activity: undefined });
    else if (person.saysBusy) endpoint.presentity.choose(undefined);
    person.saysBusy = isBusy;
    const [note] = [...document.notes, ...(document.person?.notes ?? [])];
    if (note !== undefined) endpoint.presentity.setNote(note.text);
  }

  #hide(person: Published, tag: string): void {
    const endpoint = person.endpoints.get(tag);
    person.endpoints.delete(tag);
    person.clients.delete(tag);
    if (endpoint && person.saysBusy) {
      person.saysBusy = false;
      endpoint.presentity.choose(undefined);
    }
    endpoint?.[Symbol.dispose]();
  }

  #armExpiry(address: string, person: Published): void {
    const { clock } = this.#options;
    person.expiry?.[Symbol.dispose]();
    const next = nextExpiry(person.publications);
    person.expiry =
      next === undefined
        ? undefined
        : clock.setTimer(Math.max(next - clock.now(), 1), () => this.#expire(address, person));
    if (next === undefined) this.#people.delete(address);
  }

  #expire(address: string, person: Published): void {
    person.publications = withoutExpired(person.publications, this.#options.clock.now());
    const living = new Set(person.publications.map(({ entityTag }) => entityTag));
    for (const tag of [...person.endpoints.keys()]) if (!living.has(tag)) this.#hide(person, tag);
    this.#armExpiry(address, person);
  }
}

const silentDoor: EndpointDoor = {
  selfChanged: () => undefined,
  watchedChanged: () => undefined,
  contactsChanged: () => undefined,
  invited: () => undefined,
};

function documentOf(contentType: string, body: Uint8Array): Pidf | undefined {
  const type = parseMediaType(contentType);
  return type !== undefined && mediaName(type) === pidfType
    ? parsePidf(new TextDecoder().decode(body))
    : undefined;
}

/** Of RFC 4480. */
const busyActivities: ReadonlySet<string> = new Set([
  'busy',
  'on-the-phone',
  'meeting',
  'appointment',
  'presentation',
  'performance',
]);
const awayActivities: ReadonlySet<string> = new Set(['away', 'permanent-absence', 'sleeping', 'vacation']);

function machineOf({ tuples, person }: Pidf): MachineState | undefined {
  if (!tuples.some(({ basic }) => basic === 'open')) return undefined;
  return person?.activities.some((each) => awayActivities.has(each)) ? 'away' : 'active';
}
