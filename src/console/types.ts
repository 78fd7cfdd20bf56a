import type { CoexistenceMode, Home, Person, Side } from '../core/people.ts';
import type { RefusalId } from '../core/refusals.ts';
import type { LinkStatus } from '../gateway/connector.ts';
import type { LedgerCounts, MessageSummary, Trace } from '../gateway/ledger.ts';
import type { ShownPresence } from '../gateway/presence.ts';

/** `GET /api/status`. Times are Unix ms. */
export interface StatusAnswer {
  readonly version: string;
  readonly now: number;
  readonly startedAt: number;
  /** Where networks reach the gateway for notifications. */
  readonly publicUrl: string;
  readonly policy: string;
  readonly sandbox: boolean;
  readonly networks: readonly { readonly side: Side; readonly links: readonly LinkStatus[] }[];
  readonly messages: LedgerCounts;
}

/** `GET /api/people`. */
export interface PeopleAnswer {
  readonly people: readonly PersonAnswer[];
  /** Ids of those whom operators removed although the people file or a tenant names them. */
  readonly removed: readonly string[];
}

export interface PersonAnswer extends Person {
  /** Whether the gateway may act for the person there; `none` where there is no account. */
  readonly links: Readonly<Record<Side, LinkState>>;
  /** `seen` is left out where a side has shown nothing yet. */
  readonly presence: ShownPresence;
  /** The sides on which the person has a client of their own, as far as presence tells: what routing goes by. */
  readonly signedIn: readonly Side[];
  /** What operators did about the person, which `undo` takes back; left out where nothing. */
  readonly amended?: 'edited' | 'added';
}

/** `POST /api/people/{id}/undo`; null for somebody whom no source names. */
export interface UndoAnswer {
  readonly person: PersonAnswer | null;
}

export type LinkState = 'linked' | 'not linked' | 'unreadable' | 'none';

/** `GET /api/messages?limit=…`, the newest first. No answer holds message text. */
export interface MessagesAnswer {
  readonly messages: readonly MessageAnswer[];
}

export interface MessageAnswer extends MessageSummary {
  /** Why a failed message failed, in the words its sender was given. */
  readonly reason: { readonly id: RefusalId; readonly cause: string; readonly cure: string } | undefined;
}

/** `GET /api/messages/{id}`: by the gateway's id, or a network's id of the message on either side. */
export interface TraceAnswer extends Trace {
  readonly reason: MessageAnswer['reason'];
}

/** `GET /api/sandbox`, where the sandbox is on (else 404): what a page needs to sign in as a sandbox person. */
export interface SandboxAnswer {
  /** Graph's base address: `http://localhost:7081`; `/v1.0` follows it. Plain HTTP, which a browser needs no authority for. */
  readonly graph: string;
  /** The sign-in's base address: `http://localhost:7081`; a tenant's name follows it. */
  readonly authority: string;
  /** The public client of the pages and the command line. */
  readonly clientId: string;
  readonly pools: readonly {
    readonly name: string;
    readonly home: Exclude<Home, 'none'>;
    /** The pool's base address, where autodiscovery starts: `http://localhost:7082`. */
    readonly discovery: string;
  }[];
  readonly people: readonly {
    /** UPN and SIP address. */
    readonly address: string;
    readonly displayName: string;
    readonly home: Home;
    readonly mode: CoexistenceMode;
  }[];
}

/** Every refused request. `id` is stable; `cause` and `cure` are for the reader. */
export interface ErrorAnswer {
  readonly error: { readonly id: string; readonly cause: string; readonly cure: string };
}
