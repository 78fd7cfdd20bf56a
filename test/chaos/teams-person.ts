import type { TeamsActor } from '../kit/teams-actor.ts';
import { isMarkedLate, readNotice } from './notice.ts';
import { tokenIn } from './plan.ts';
import type { Told } from './record.ts';

interface GraphMessage {
  readonly id: string;
  readonly messageType: string;
  readonly createdDateTime: string;
  readonly from?: { readonly user?: { readonly id: string } | null } | null;
  readonly body: { readonly content: string };
}
interface Page<T> {
  readonly value: readonly T[];
  readonly '@odata.nextLink'?: string;
}

/** What a Teams client shows now. */
export interface TeamsView {
  /** Of others, over all chats, oldest first. */
  readonly tokens: readonly string[];
  readonly late: ReadonlySet<string>;
  readonly told: readonly Told[];
}

/** Somebody at a Teams client, in one conversation. The client reaches Graph directly: its own connection never fails. */
export class TeamsPerson {
  readonly #actor: TeamsActor;
  readonly #peer: string;
  #chat = '';
  #lane: Promise<unknown> = Promise.resolve();

  constructor(actor: TeamsActor, peer: string) {
    this.#actor = actor;
    this.#peer = peer;
  }

  async signIn(): Promise<void> {
    await this.#actor.signIn();
    this.#chat = await this.#actor.chatWith(this.#peer);
  }

  /** One after the other, as clients do; resolves when Graph has it. */
  write(text: string): Promise<unknown> {
    const written = this.#lane.then(() => this.#actor.say(this.#chat, text));
    this.#lane = written.catch(() => undefined);
    return written;
  }

  async look(): Promise<TeamsView> {
    const me = await this.#actor.id();
    const messages: GraphMessage[] = [];
    for (const { id } of await this.#actor.chats())
      messages.push(...(await this.#all<GraphMessage>(`/chats/${encodeURIComponent(id)}/messages?$top=50`)));
    messages.sort(
      (a, b) => Date.parse(a.createdDateTime) - Date.parse(b.createdDateTime) || Number(a.id) - Number(b.id),
    );
    const tokens: string[] = [];
    const late = new Set<string>();
    const told: Told[] = [];
    for (const { messageType, from, body } of messages) {
      if (messageType !== 'message' || from?.user?.id === me) continue;
      const notice = readNotice(body.content);
      const token = tokenIn(body.content);
      if (notice) told.push(notice);
      else if (token !== undefined) {
        tokens.push(token);
        if (isMarkedLate(body.content)) late.add(token);
      }
    }
    return { tokens, late, told };
  }

  async #all<T>(first: string): Promise<readonly T[]> {
    const all: T[] = [];
    for (let path: string | undefined = first; path !== undefined; ) {
      const page: Page<T> = await this.#actor.call<Page<T>>('GET', path);
      all.push(...page.value);
      path = page['@odata.nextLink']?.replace(/^.*?\/v1\.0/, '');
    }
    return all;
  }
}
