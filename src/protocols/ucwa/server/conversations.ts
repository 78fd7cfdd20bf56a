import { UcwaError } from '../errors.ts';
import type { Conversation } from './conversation.ts';

const kept = 50;

/**
 * An application's conversations: those that are open, and a few that are over, whose invitations can still
 * be read and to which messaging can be added again.
 */
export class Conversations {
  readonly #limit: number;
  readonly #open = new Map<string, Conversation>();
  readonly #past = new Map<string, Conversation>();
  readonly #byInvitation = new Map<string, Conversation>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get open(): Iterable<Conversation> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  get full(): boolean {
    return this.#open.size >= this.#limit;
  }

  hasThread(threadId: string): boolean {
    for (const conversation of this.#open.values()) if (conversation.threadId === threadId) return true;
    return false;
  }

  /** @throws {UcwaError} if it is over, or never was. */
  get(id: string): Conversation {
    const found = this.#open.get(id);
    if (found) return found;
    throw new UcwaError('NotFound', 'ConversationNotFound', 'There is no such conversation.');
  }

  past(id: string): Conversation | undefined {
    return this.#past.get(id);
  }

  /** @throws {UcwaError} */
  invitation(id: string): Conversation {
    const found = this.#byInvitation.get(id);
    if (found) return found;
    throw new UcwaError('NotFound', undefined, 'There is no such invitation.');
  }

  /** Takes the place of one that is over and has the same id. */
  add(conversation: Conversation): void {
    this.#forget(conversation.id);
    this.#open.set(conversation.id, conversation);
    this.#byInvitation.set(conversation.invitationId, conversation);
  }

  over(id: string): void {
    const conversation = this.#open.get(id);
    if (!conversation) return;
    this.#open.delete(id);
    this.#past.set(id, conversation);
    const oldest = this.#past.size > kept ? this.#past.keys().next().value : undefined;
    if (oldest !== undefined) this.#forget(oldest);
  }

  hangUp(): void {
    for (const conversation of [...this.#open.values()]) conversation.hangUp();
    for (const id of [...this.#past.keys()]) this.#forget(id);
  }

  #forget(id: string): void {
    const past = this.#past.get(id);
    if (!past) return;
    this.#past.delete(id);
    this.#byInvitation.delete(past.invitationId);
  }
}
