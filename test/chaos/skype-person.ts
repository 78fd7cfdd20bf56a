import { setTimeout as sleep } from 'node:timers/promises';
import { SkypeActor, type SkypeEvent } from '../kit/skype-actor.ts';
import { isMarkedLate, readNotice } from './notice.ts';
import { tokenIn } from './plan.ts';
import type { Told, Written } from './record.ts';

type Fate = Written['fate'];

/** Longer than a pool lets an invitation ring. */
const inviteMs = 45_000;
const offlineTries = 20;
const offlineWaitMs = 500;

/**
 * Somebody at an SfB client, in one conversation. The client takes every invitation up, and signs in again when its pool
 * has died. What it has shown stays shown.
 */
export class SkypePerson {
  readonly tokens: string[] = [];
  readonly late = new Set<string>();
  readonly told: Told[] = [];
  readonly #discovery: string;
  readonly #address: string;
  readonly #peer: string;
  #client: Client | undefined;
  #lane: Promise<unknown> = Promise.resolve();
  #left = false;

  constructor(discovery: string, address: string, peer: string) {
    this.#discovery = discovery;
    this.#address = address;
    this.#peer = peer;
  }

  /** Anew, whatever there was: what the old client waited for stays open. */
  async signIn(): Promise<void> {
    await this.#client?.close();
    const client = new Client(this.#discovery, this.#address, (text) => this.#show(text));
    await client.signIn();
    this.#client = client;
  }

  /** One after the other; resolves when this person's network has said what became of it. */
  write(text: string): Promise<Fate> {
    const { promise, resolve } = Promise.withResolvers<Fate>();
    this.#lane = this.#lane.then(async () => {
      const client = this.#client;
      if (!client || this.#left) return resolve('refused');
      await client.write(this.#peer, text, resolve);
    });
    return promise;
  }

  async close(): Promise<void> {
    this.#left = true;
    await this.#client?.close();
  }

  #show(text: string): void {
    const notice = readNotice(text);
    const token = tokenIn(text);
    if (notice) this.told.push(notice);
    else if (token !== undefined) {
      this.tokens.push(token);
      if (isMarkedLate(text)) this.late.add(token);
    }
  }
}

/** One sign-in of the client. */
class Client {
  readonly #actor: SkypeActor;
  readonly #show: (text: string) => void;
  readonly #waiting = new Map<string, (fate: Fate) => void>();
  #conversation: string | undefined;
  #closed = false;

  constructor(discovery: string, address: string, show: (text: string) => void) {
    this.#actor = new SkypeActor(discovery, address);
    this.#show = show;
    this.#actor.onEvent = (event) => this.#take(event);
  }

  signIn(): Promise<void> {
    return this.#actor.signIn();
  }

  /** Settles `fate` when it is known, and resolves when the next message may be written. */
  async write(peer: string, text: string, fate: (fate: Fate) => void): Promise<void> {
    if (this.#conversation !== undefined && (await this.#post(this.#conversation, text, fate))) return;
    await this.#invite(peer, text, fate);
  }

  /** False: the conversation is over, and surely nothing was sent. */
  async #post(conversation: string, text: string, fate: (fate: Fate) => void): Promise<boolean> {
    const operation = crypto.randomUUID();
    this.#waiting.set(operation, fate);
    try {
      const address = await this.#actor.sendAddress(conversation);
      await this.#actor.post(`${address}?operationId=${operation}`, text);
      return true;
    } catch (error) {
      this.#waiting.delete(operation);
      if (this.#conversation === conversation) this.#conversation = undefined;
      if (isRefusal(error)) return false;
      fate('open');
      return true;
    }
  }

  /**
   * Whoever is shown as offline is written to when they are there again, unless that takes too long. What was refused is
   * not written again: the gateway may have it, and could not tell the second from the first.
   */
  async #invite(peer: string, text: string, fate: (fate: Fate) => void): Promise<void> {
    const operation = crypto.randomUUID();
    this.#waiting.set(operation, fate);
    try {
      for (let left = offlineTries; left > 0 && !this.#closed; left--) {
        if ((await this.#actor.presenceOf(peer)) !== 'Offline') break;
        await sleep(offlineWaitMs);
      }
      const ended = await this.#actor.invite(peer, text, inviteMs);
      if (ended.status === 'Success') this.#conversation = ended.conversation;
      fate(ended.status === 'Success' ? 'accepted' : 'refused');
    } catch (error) {
      fate(isRefusal(error) ? 'refused' : 'open');
    } finally {
      this.#waiting.delete(operation);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const settle of this.#waiting.values()) settle('open');
    this.#waiting.clear();
    await this.#actor.close();
  }

  #take(event: SkypeEvent): void {
    if (this.#closed) return;
    const text = this.#actor.incoming(event);
    if (text !== undefined) this.#show(text);
    const { rel, href } = event.link;
    const resource = event._embedded?.[rel];
    switch (rel) {
      case 'messagingInvitation':
        if (event.type === 'started' && resource?.['direction'] === 'Incoming') void this.#accept(event);
        // The actor waits for the end of its own invitations there.
        if (event.type === 'completed') this.#actor.events.push(event);
        return;
      case 'conversation':
        if (event.type === 'deleted' && href === this.#conversation) this.#conversation = undefined;
        return;
      case 'message':
        if (event.type === 'completed' && resource?.['direction'] === 'Outgoing')
          this.#settle(String(resource['operationId']), event.status === 'Success' ? 'accepted' : 'refused');
    }
  }

  #settle(operation: string, fate: Fate): void {
    this.#waiting.get(operation)?.(fate);
    this.#waiting.delete(operation);
  }

  async #accept(event: SkypeEvent): Promise<void> {
    try {
      this.#conversation = await this.#actor.accept(event);
    } catch {
      // Taken back meanwhile, or the pool is gone.
    }
  }
}

/** The pool answered, and did not do it. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /: 4\d\d /.test(error.message);
}
