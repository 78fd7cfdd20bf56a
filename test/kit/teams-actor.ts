import { eventually } from './eventually.ts';

export interface TeamsAddresses {
  /** Base of Graph and of the sign-in service, without a trailing slash. */
  readonly graph: string;
  readonly authority: string;
  readonly clientId: string;
}

export interface SeenMessage {
  readonly id: string;
  readonly from: string | undefined;
  readonly content: string;
  readonly reactions: readonly string[];
}

interface GraphMessage {
  readonly id: string;
  readonly messageType: string;
  readonly from?: { readonly user?: { readonly id: string } | null } | null;
  readonly body: { readonly content: string };
  readonly reactions?: readonly { readonly reactionType: string }[];
}

/** A person at a Teams client, as far as Graph sees one: plain HTTP, nothing of the product's own code. */
export class TeamsActor {
  readonly address: string;
  readonly #where: TeamsAddresses;
  readonly #password: string;
  #token: string | undefined;
  #id: string | undefined;

  constructor(where: TeamsAddresses, address: string, password = 'demo') {
    this.#where = where;
    this.address = address;
    this.#password = password;
  }

  async #signedIn(): Promise<string> {
    if (this.#token) return this.#token;
    const tenant = this.address.slice(this.address.indexOf('@') + 1);
    const answer = await fetch(`${this.#where.authority}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: this.#where.clientId,
        username: this.address,
        password: this.#password,
        scope: 'https://graph.microsoft.com/.default offline_access',
      }),
    });
    const body = (await answer.json()) as { access_token?: string; error_description?: string };
    if (!body.access_token) throw new Error(`${this.address} cannot sign in: ${body.error_description}`);
    this.#token = body.access_token;
    return body.access_token;
  }

  /** A Graph call; throws with Graph's own error unless the answer is 2xx. */
  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const token = await this.#signedIn();
    const answer = await fetch(`${this.#where.graph}/v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async id(): Promise<string> {
    this.#id ??= (await this.call<{ id: string }>('GET', '/me')).id;
    return this.#id;
  }

  async signIn(availability = 'Available', activity = availability): Promise<void> {
    await this.#show(availability, activity, 60);
  }

  /** Keeps the client signed in for so many minutes, and no longer; 5 to 240. */
  async renew(minutes: number): Promise<void> {
    await this.#show('Available', 'Available', minutes);
  }

  async #show(availability: string, activity: string, minutes: number): Promise<void> {
    await this.call('POST', `/users/${await this.id()}/presence/setPresence`, {
      sessionId: this.#where.clientId,
      availability,
      activity,
      expirationDuration: `PT${minutes}M`,
    });
  }

  async prefer(availability: string, activity = availability): Promise<void> {
    await this.call('POST', `/users/${await this.id()}/presence/setUserPreferredPresence`, {
      availability,
      activity,
    });
  }

  async signOut(): Promise<void> {
    await this.call('POST', `/users/${await this.id()}/presence/clearPresence`, {
      sessionId: this.#where.clientId,
    });
  }

  /** An empty text takes it away. */
  async setStatus(content: string): Promise<void> {
    await this.call('POST', `/users/${await this.id()}/presence/setStatusMessage`, {
      statusMessage: { message: { content, contentType: 'text' } },
    });
  }

  /** The status message, empty where there is none. */
  async statusOf(address: string): Promise<string> {
    const { statusMessage } = await this.call<{
      statusMessage: { message: { content: string } } | null;
    }>('GET', `/users/${address}/presence`);
    return statusMessage?.message.content ?? '';
  }

  async presenceOf(address: string): Promise<{ availability: string; activity: string }> {
    return this.call('GET', `/users/${address}/presence`);
  }

  /** The one-to-one chat with somebody, made if there is none. */
  async chatWith(address: string): Promise<string> {
    const member = (who: string) => ({
      '@odata.type': '#microsoft.graph.aadUserConversationMember',
      roles: ['owner'],
      'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${who}')`,
    });
    const chat = await this.call<{ id: string }>('POST', '/chats', {
      chatType: 'oneOnOne',
      members: [member(this.address), member(address)],
    });
    return chat.id;
  }

  async chats(): Promise<readonly { id: string; chatType: string; topic: string | null }[]> {
    const page = await this.call<{ value: { id: string; chatType: string; topic: string | null }[] }>(
      'GET',
      '/me/chats',
    );
    return page.value;
  }

  /** Posts and returns the message's id. */
  async say(chat: string, content: string, contentType: 'text' | 'html' = 'text'): Promise<string> {
    const message = await this.call<{ id: string }>('POST', `/chats/${encodeURIComponent(chat)}/messages`, {
      body: { contentType, content },
    });
    return message.id;
  }

  /** The newest 50, oldest first. */
  async messages(chat: string): Promise<readonly SeenMessage[]> {
    const path = `/chats/${encodeURIComponent(chat)}/messages?$top=50&$orderby=createdDateTime%20desc`;
    const page = await this.call<{ value: GraphMessage[] }>('GET', path);
    return page.value
      .filter(({ messageType }) => messageType === 'message')
      .map((message) => ({
        id: message.id,
        from: message.from?.user?.id,
        content: message.body.content,
        reactions: (message.reactions ?? []).map(({ reactionType }) => reactionType),
      }))
      .reverse();
  }

  async markRead(chat: string): Promise<void> {
    const path = `/chats/${encodeURIComponent(chat)}/markChatReadForUser`;
    await this.call('POST', path, { user: { id: await this.id() } });
  }

  /** Whether everything in the chat counts as read by this person. */
  async hasRead(chat: string): Promise<boolean> {
    const { viewpoint } = await this.call<{ viewpoint: { lastMessageReadDateTime: string | null } }>(
      'GET',
      `/chats/${encodeURIComponent(chat)}`,
    );
    const last = (await this.messages(chat)).at(-1);
    return Date.parse(viewpoint.lastMessageReadDateTime ?? '') >= Number(last?.id);
  }

  /** Waits until the chat shows a message that contains `text`. */
  sees(chat: string, text: string, withinMs?: number): Promise<SeenMessage> {
    return eventually(
      `${this.address} sees “${text}”`,
      async () => (await this.messages(chat)).find(({ content }) => content.includes(text)),
      withinMs,
    );
  }

  /** Waits until any chat of this person shows a message that contains `text`. */
  seesAnywhere(text: string, withinMs?: number): Promise<SeenMessage & { readonly chat: string }> {
    return eventually(
      `${this.address} sees “${text}” in some chat`,
      async () => {
        for (const { id } of await this.chats()) {
          const found = (await this.messages(id)).find(({ content }) => content.includes(text));
          if (found) return { ...found, chat: id };
        }
        return undefined;
      },
      withinMs,
    );
  }
}
