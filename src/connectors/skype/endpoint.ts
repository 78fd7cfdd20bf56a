import type { Clock } from '../../core/clock.ts';
import type { PersonId } from '../../core/ids.ts';
import type { SipUri } from '../../core/people.ts';
import type { DialogId, DoorAccount, DoorEndpoint } from './door.ts';
import type { TextId } from './session-state.ts';
import { type Brought, Session } from './sessions.ts';

/** Whose endpoint it is. */
export type Owner = { readonly kind: 'person'; readonly person: PersonId } | { readonly kind: 'gateway' };

/** `lurking`: made for writing, shows nothing; `receiving`: invitations come; `available`: presence is shown, too. */
export type EndpointShows = 'lurking' | 'receiving' | 'available';

export interface EndpointOptions {
  readonly clock: Clock;
  readonly mintId: () => string;
  readonly sessionIdleMs: number;
  readonly late: (endpoint: Endpoint, peer: SipUri, text: TextId, brought: Brought) => void;
}

/** One endpoint that the gateway holds at a pool, with its sessions. Most have none, and no maps for them. */
export class Endpoint {
  readonly owner: Owner;
  readonly pool: string;
  readonly account: DoorAccount;
  readonly door: DoorEndpoint;
  readonly since: number;
  /** How long the pool surely lets an invitation ring, ms. */
  readonly ringMs: number;
  shows: EndpointShows = 'lurking';
  usedAt: number;
  readonly #options: EndpointOptions;
  #sessions: Map<string, Session> | undefined;
  #dialogs: Map<DialogId, SessionOf> | undefined;

  constructor(
    owner: Owner,
    pool: string,
    account: DoorAccount,
    ringMs: number,
    options: EndpointOptions,
    open: (endpoint: Endpoint) => DoorEndpoint,
  ) {
    this.ringMs = ringMs;
    this.owner = owner;
    this.pool = pool;
    this.account = account;
    this.#options = options;
    this.since = options.clock.now();
    this.usedAt = this.since;
    this.door = open(this);
  }

  get sip(): SipUri {
    return this.account.sip;
  }

  /**
   * The session with a peer; on the gateway's own endpoint one for each person written for, so that an answer can
   * only mean that one.
   */
  session(peer: SipUri, inTheNameOf: PersonId | undefined, subject?: string): Session {
    const key = sessionKey(peer, inTheNameOf);
    const known = this.#sessions?.get(key);
    this.usedAt = this.#options.clock.now();
    if (known) return known;
    const { clock, mintId, sessionIdleMs, late } = this.#options;
    const made = new Session(
      {
        endpoint: this.door,
        peer,
        idleMs: sessionIdleMs,
        clock,
        mintId,
        opening: (dialog) => this.#note(dialog, { key, inTheNameOf }),
        failed: (dialog) => void this.#dialogs?.delete(dialog),
        late: (text, brought) => late(this, peer, text, brought),
        ...(subject === undefined ? {} : { subject }),
      },
      undefined,
    );
    this.#sessions ??= new Map();
    this.#sessions.set(key, made);
    return made;
  }

  /** The session that a peer has opened, once it is known who is meant. */
  adopt(dialog: DialogId, thread: string, peer: SipUri, inTheNameOf: PersonId | undefined): void {
    const session = this.session(peer, inTheNameOf);
    this.#note(dialog, { key: sessionKey(peer, inTheNameOf), inTheNameOf });
    session.invited(dialog, thread);
  }

  /** As {@link adopt}, but leaves it ringing: a further `adopt` of the same dialog takes it up. */
  leaveRinging(dialog: DialogId, thread: string, peer: SipUri): void {
    const session = this.session(peer, undefined);
    this.#note(dialog, { key: sessionKey(peer, undefined), inTheNameOf: undefined });
    session.rang(dialog, thread);
  }

  /** The session with a peer, if there is one. */
  known(peer: SipUri, inTheNameOf: PersonId | undefined): Session | undefined {
    return this.#sessions?.get(sessionKey(peer, inTheNameOf));
  }

  /** Whom a dialog is with, and for whom. */
  find(
    dialog: DialogId,
  ): { readonly session: Session; readonly inTheNameOf: PersonId | undefined } | undefined {
    const of = this.#dialogs?.get(dialog);
    const session = of && this.#sessions?.get(of.key);
    return session && { session, inTheNameOf: of.inTheNameOf };
  }

  /** The session whose invitation rings under this thread. */
  inviting(peer: SipUri, thread: string): Session | undefined {
    return this.#sessions?.values().find((session) => session.peer === peer && session.invites(thread));
  }

  ended(dialog: DialogId): void {
    this.find(dialog)?.session.ended(dialog);
    this.#dialogs?.delete(dialog);
  }

  get sessions(): number {
    return this.#sessions?.size ?? 0;
  }

  /** Begins nothing more; resolves when it is known what became of all that was under way, which may never be. */
  async leave(): Promise<void> {
    await Promise.all([...(this.#sessions?.values() ?? [])].map((session) => session.leave()));
  }

  /** Ends what has been silent for too long. */
  tick(): void {
    for (const [key, session] of this.#sessions ?? []) {
      session.tick();
      if (!session.idle) continue;
      this.#sessions?.delete(key);
      for (const [dialog, of] of this.#dialogs ?? []) if (of.key === key) this.#dialogs?.delete(dialog);
    }
  }

  #note(dialog: DialogId, of: SessionOf): void {
    this.#dialogs ??= new Map();
    this.#dialogs.set(dialog, of);
  }
}

interface SessionOf {
  readonly key: string;
  readonly inTheNameOf: PersonId | undefined;
}

function sessionKey(peer: SipUri, inTheNameOf: PersonId | undefined): string {
  return inTheNameOf === undefined ? peer : `${peer} ${inTheNameOf}`;
}
