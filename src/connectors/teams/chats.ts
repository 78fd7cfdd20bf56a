import type { Pair } from '../../core/ids.ts';
import type { Person } from '../../core/people.ts';
import { recent } from '../../core/recent.ts';
import type { Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import { getChatWithMembers } from '../../protocols/graph/client/chats.ts';
import type { GraphFailure } from '../../protocols/graph/client/result.ts';
import { type TeamsThread, threadKey } from './ids.ts';
import type { Tenant } from './tenants.ts';

/** Whose chat it is, as far as the gateway is concerned. */
export type ChatOwners =
  | { readonly kind: 'pair'; readonly thread: TeamsThread; readonly people: readonly [Person, Person] }
  /** A group, a meeting, a chat with somebody who is not in the directory. */
  | { readonly kind: 'nobody' };

export type OwnersResult =
  | { readonly ok: true; readonly owners: ChatOwners }
  | { readonly ok: false; readonly failure: GraphFailure };

/** Object ids or, for chats met before, the people: a directory that changes changes what is made of them. */
type Known =
  | { readonly kind: 'met'; readonly thread: TeamsThread; readonly pair: Pair }
  | { readonly kind: 'direct'; readonly userIds: readonly [string, string] }
  | { readonly kind: 'other' };

const rememberedChats = 20_000;

/** Tells whose chat a notification is from. Every chat is asked for once. */
export class Chats {
  readonly #directory: Directory;
  readonly #known = recent<string, Known>(rememberedChats);

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  async ownersOf(tenant: Tenant, chatId: string, sink: Sink, signal: AbortSignal): Promise<OwnersResult> {
    const remembered = this.#known.get(chatId) ?? (await met(sink, chatId));
    if (remembered !== undefined) {
      this.#known.set(chatId, remembered);
      return { ok: true, owners: this.#owners(chatId, remembered) };
    }
    const found = await getChatWithMembers(tenant.graph, tenant.accounts.application, chatId, signal);
    if (!found.ok) return found;
    const known = readMembers(found.value);
    this.#known.set(chatId, known);
    return { ok: true, owners: this.#owners(chatId, known) };
  }

  /** A group that the gateway has just made for two people. */
  remember(chatId: string, pair: Pair): void {
    this.#known.set(chatId, { kind: 'met', thread: { kind: 'proxy', chatId }, pair });
  }

  #owners(chatId: string, known: Known): ChatOwners {
    switch (known.kind) {
      case 'met': {
        const [a, b] = known.pair.map((id) => this.#directory.person(id));
        return a && b ? { kind: 'pair', thread: known.thread, people: [a, b] } : { kind: 'nobody' };
      }
      case 'direct': {
        const [a, b] = known.userIds.map((id) => this.#directory.byObjectId(id));
        return a && b
          ? { kind: 'pair', thread: { kind: 'direct', chatId }, people: [a, b] }
          : { kind: 'nobody' };
      }
      case 'other':
        return { kind: 'nobody' };
    }
  }
}

async function met(sink: Sink, chatId: string): Promise<Known | undefined> {
  for (const kind of ['direct', 'proxy'] as const) {
    const thread = { kind, chatId };
    const pair = await sink.peopleOf('teams', threadKey(thread));
    if (pair !== undefined) return { kind: 'met', thread, pair };
  }
  return undefined;
}

function readMembers(chat: {
  readonly chatType: string;
  readonly members: readonly { readonly userId?: string | null }[];
}): Known {
  const [a, b, ...more] = chat.members.map(({ userId }) => userId);
  if (chat.chatType !== 'oneOnOne' || typeof a !== 'string' || typeof b !== 'string' || more.length > 0) {
    return { kind: 'other' };
  }
  return { kind: 'direct', userIds: [a, b] };
}
