import { eventually } from './eventually.ts';

interface Link {
  readonly href: string;
  readonly title?: string;
}
interface Resource {
  readonly rel?: string;
  readonly _links?: Readonly<Record<string, Link | Link[]>>;
  readonly _embedded?: Readonly<Record<string, Resource | Resource[]>>;
  readonly [property: string]: unknown;
}
export interface SkypeEvent {
  readonly sender: string;
  readonly type: string;
  readonly link: Link & { readonly rel: string };
  readonly in?: Link & { readonly rel: string };
  readonly status?: string;
  readonly reason?: { readonly code: string; readonly subcode?: string };
  readonly _embedded?: Readonly<Record<string, Resource>>;
}

function hrefOf(resource: Resource | undefined, rel: string): string {
  const link = resource?._links?.[rel];
  const href = Array.isArray(link) ? link[0]?.href : link?.href;
  if (href === undefined) throw new Error(`no link ${rel} in ${JSON.stringify(resource)}`);
  return href;
}

function linkOf(resource: Resource | undefined, rel: string): string | undefined {
  const link = resource?._links?.[rel];
  return Array.isArray(link) ? link[0]?.href : link?.href;
}

function textOf(link: string | undefined): string {
  const [, data] = link?.match(/^data:[^,]*,(.*)$/s) ?? [];
  return decodeURIComponent((data ?? '').replaceAll('+', ' '));
}

/** A person at an SfB client, as far as UCWA sees one: plain HTTP, nothing of the product's own code. */
export class SkypeActor {
  readonly address: string;
  readonly events: SkypeEvent[] = [];
  /** Called with each event instead of keeping it, where one is set. */
  onEvent: ((event: SkypeEvent) => void) | undefined;
  /** Seconds for which the pool may hold back events of low and medium urgency; undefined: the pool's own. */
  holdSeconds: number | undefined = 5;
  readonly #discovery: string;
  readonly #password: string;
  readonly #stop = new AbortController();
  #base = '';
  #token = '';
  #application: Resource | undefined;
  #loop: Promise<void> | undefined;

  /** `discovery` is the root address of the person's pool. */
  constructor(discovery: string, address: string, password = 'demo') {
    this.#discovery = discovery;
    this.address = address;
    this.#password = password;
  }

  async #request(
    method: string,
    href: string,
    body?: string,
    contentType = 'application/json',
  ): Promise<Response> {
    return fetch(new URL(href, this.#base || this.#discovery), {
      method,
      headers: {
        accept: 'application/json',
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** A UCWA call; throws with UCWA's own error unless the answer is 2xx. */
  async call(method: string, href: string, body?: unknown): Promise<Resource> {
    const answer = await this.#request(method, href, body === undefined ? undefined : JSON.stringify(body));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${href}: ${answer.status} ${text}`);
    const location = answer.headers.get('location');
    return { ...(text ? (JSON.parse(text) as Resource) : {}), ...(location ? { location } : {}) };
  }

  /** Signs in; with `available` (the default) also publishes presence and takes invitations. */
  async signIn(
    options: {
      readonly available?: boolean;
      readonly signInAs?: string;
      readonly modalities?: readonly string[];
    } = {},
  ): Promise<void> {
    const root = await this.call('GET', this.#discovery);
    const userHref = hrefOf(root, 'user');
    const challenge = (await this.#request('GET', userHref)).headers.get('www-authenticate') ?? '';
    const ticket = challenge.match(/MsRtcOAuth href="?([^",]+)"?/)?.[1];
    if (!ticket) throw new Error(`no web ticket address in ${challenge}`);
    const form = new URLSearchParams({
      grant_type: 'password',
      username: this.address,
      password: this.#password,
    });
    const answer = await fetch(ticket, { method: 'POST', body: form });
    const token = (await answer.json()) as { access_token?: string; error?: string };
    if (!token.access_token) throw new Error(`${this.address} cannot sign in: ${token.error}`);
    this.#token = token.access_token;
    const user = await this.call('GET', userHref);
    const applications = hrefOf(user, 'applications');
    this.#base = new URL(applications).origin;
    this.#application = await this.call('POST', applications, {
      UserAgent: 'scenario',
      EndpointId: crypto.randomUUID(),
      Culture: 'en-US',
    });
    this.#loop = this.#listen(hrefOf(this.#application, 'events'));
    if (options.available === false) return;
    const me = this.#part('me');
    await this.call('POST', hrefOf(me, 'makeMeAvailable'), {
      SupportedModalities: options.modalities ?? ['Messaging'],
      signInAs: options.signInAs ?? 'Online',
    });
  }

  #part(rel: string): Resource {
    const part = this.#application?._embedded?.[rel];
    if (!part || Array.isArray(part)) throw new Error(`${this.address} is not signed in`);
    return part;
  }

  async #listen(first: string): Promise<void> {
    let next: string | undefined = first;
    while (next && !this.#stop.signal.aborted) {
      try {
        const holds =
          this.holdSeconds === undefined ? '' : `&low=${this.holdSeconds}&medium=${this.holdSeconds}`;
        const answer: Response = await fetch(new URL(`${next}${holds}`, this.#base), {
          headers: { authorization: `Bearer ${this.#token}`, accept: 'application/json' },
          signal: this.#stop.signal,
        });
        if (!answer.ok) return;
        const page = (await answer.json()) as Resource & {
          sender?: readonly {
            readonly rel: string;
            readonly events: readonly Omit<SkypeEvent, 'sender'>[];
          }[];
        };
        for (const { rel, events } of page.sender ?? [])
          for (const event of events) this.#take({ ...event, sender: rel });
        const links: Resource['_links'] = page._links;
        const onward = links?.['next'] ?? links?.['resume'] ?? links?.['resync'];
        next = Array.isArray(onward) ? onward[0]?.href : onward?.href;
      } catch {
        return;
      }
    }
  }

  #take(event: SkypeEvent): void {
    if (this.onEvent) this.onEvent(event);
    else this.events.push(event);
  }

  /** Waits for an event, whether it has come already or not. */
  event(what: string, matches: (event: SkypeEvent) => boolean, withinMs?: number): Promise<SkypeEvent> {
    return eventually(`${this.address}: ${what}`, () => this.events.find(matches), withinMs);
  }

  /** Waits for an invitation whose first message contains `text`. */
  invitation(text: string, withinMs?: number): Promise<SkypeEvent> {
    return this.event(
      `an invitation with “${text}”`,
      (event) => {
        const invitation = event._embedded?.['messagingInvitation'];
        if (event.type !== 'started' || invitation?.['direction'] !== 'Incoming') return false;
        return textOf((invitation._links?.['message'] as Link | undefined)?.href).includes(text);
      },
      withinMs,
    );
  }

  /** Accepts an invitation; returns the conversation's address. */
  async accept(event: SkypeEvent): Promise<string> {
    const invitation = event._embedded?.['messagingInvitation'];
    await this.call('POST', hrefOf(invitation, 'accept'));
    return hrefOf(invitation, 'conversation');
  }

  async decline(event: SkypeEvent): Promise<void> {
    await this.call('POST', hrefOf(event._embedded?.['messagingInvitation'], 'decline'), {
      reason: 'Global',
    });
  }

  /** Waits until a message that contains `text` has come in. */
  message(text: string, withinMs?: number): Promise<SkypeEvent> {
    return this.event(
      `a message with “${text}”`,
      (event) => this.incoming(event)?.includes(text) === true,
      withinMs,
    );
  }

  /** The text of an event that brings a message. */
  incoming(event: SkypeEvent): string | undefined {
    const message = event._embedded?.['message'];
    if (event.type !== 'completed' || message?.['direction'] !== 'Incoming') return undefined;
    const link = (message._links?.['plainMessage'] ?? message._links?.['htmlMessage']) as Link | undefined;
    return textOf(link?.href);
  }

  /** The texts that came in, in order. */
  get received(): readonly string[] {
    return this.events.flatMap((event) => {
      const text = this.incoming(event);
      return text === undefined ? [] : [text];
    });
  }

  /** Sends in a conversation that is connected. */
  async say(conversation: string, text: string): Promise<void> {
    await this.post(await this.sendAddress(conversation), text);
  }

  /** Where the messages of a connected conversation are posted. */
  async sendAddress(conversation: string): Promise<string> {
    return hrefOf(await this.call('GET', `${conversation}/messaging`), 'sendMessage');
  }

  async post(sendAddress: string, text: string): Promise<void> {
    const answer = await this.#request('POST', sendAddress, text, 'text/plain');
    const body = await answer.text();
    if (!answer.ok) throw new Error(`sendMessage: ${answer.status} ${body}`);
  }

  /** Starts a conversation with a first message; resolves with how the invitation ended. */
  async invite(
    to: string,
    text: string,
    withinMs?: number,
  ): Promise<SkypeEvent & { readonly conversation: string }> {
    const operationId = crypto.randomUUID();
    await this.call('POST', hrefOf(this.#part('communication'), 'startMessaging'), {
      to: `sip:${to}`,
      operationId,
      subject: text.slice(0, 20),
      _links: { message: { href: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}` } },
    });
    const ended = await this.event(
      `the end of the invitation to ${to}`,
      (event) =>
        event.type === 'completed' &&
        event._embedded?.['messagingInvitation']?.['operationId'] === operationId,
      withinMs,
    );
    const invitation = ended._embedded?.['messagingInvitation'];
    return { ...ended, conversation: ended.status === 'Success' ? hrefOf(invitation, 'conversation') : '' };
  }

  /** Takes back an invitation of this person's that rings and has `text` as its first message. */
  async hangUp(text: string): Promise<void> {
    const ringing = await this.event(
      `an invitation of their own with “${text}”`,
      ({ type, _embedded }) =>
        type === 'started' &&
        textOf(linkOf(_embedded?.['messagingInvitation'], 'message')).includes(text) &&
        linkOf(_embedded?.['messagingInvitation'], 'cancel') !== undefined,
    );
    await this.call('POST', hrefOf(ringing._embedded?.['messagingInvitation'], 'cancel'));
  }

  /** What a one-shot look at somebody's presence shows. */
  async presenceOf(address: string): Promise<string> {
    return (await this.lookAt(address)).availability;
  }

  /** The same with the activity, empty where there is none. */
  async lookAt(address: string): Promise<{ readonly availability: string; readonly activity: string }> {
    const people = hrefOf(this.#part('people'), 'self');
    const { availability, activity } = await this.call('GET', `${people}/${address}/presence`);
    return { availability: String(availability), activity: typeof activity === 'string' ? activity : '' };
  }

  /** Subscribes to the presence of people, for the longest time there is; what changes comes as events. */
  async subscribe(addresses: readonly string[]): Promise<void> {
    await this.call('POST', hrefOf(this.#part('people'), 'presenceSubscriptions'), {
      duration: 30,
      uris: addresses.map((address) => `sip:${address}`),
    });
  }

  /** Reads many resources in one request, 90 at most; those that cannot be read are left out. */
  async readAll(hrefs: readonly string[]): Promise<readonly Resource[]> {
    const batch = hrefOf(this.#application, 'batch');
    const boundary = 'actor';
    const parts = hrefs.map((href) =>
      [
        `--${boundary}`,
        'Content-Type: application/http; msgtype=request',
        '',
        `GET ${href} HTTP/1.1`,
        'Accept: application/json',
        '',
        '',
      ].join('\r\n'),
    );
    const body = `${parts.join('\r\n')}\r\n--${boundary}--\r\n`;
    const answer = await this.#request('POST', batch, body, `multipart/batching;boundary="${boundary}"`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`batch: ${answer.status} ${text}`);
    return text
      .split('\r\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Resource);
  }

  /** The note beside somebody's presence. */
  async noteOf(address: string): Promise<string> {
    const people = hrefOf(this.#part('people'), 'self');
    const { message } = await this.call('GET', `${people}/${address}/note`);
    return typeof message === 'string' ? message : '';
  }

  /** An empty text takes it away. */
  async setNote(message: string): Promise<void> {
    const me = await this.call('GET', hrefOf(this.#part('me'), 'self'));
    await this.call('POST', hrefOf(me, 'note'), { message });
  }

  async setPresence(availability: string): Promise<void> {
    const me = await this.call('GET', hrefOf(this.#part('me'), 'self'));
    await this.call('POST', hrefOf(me, 'presence'), { availability });
  }

  /** Signs out: the application is deleted. */
  async signOut(): Promise<void> {
    if (this.#application) await this.call('DELETE', hrefOf(this.#application, 'self'));
    await this.close();
  }

  /** Goes away without a word, as a killed client does. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }
}
