import type { PersonId } from '../core/ids.ts';
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

/** `GET /api/people?find=…&limit=…`: whoever has every word of `find` in their name or an address; without a limit everybody. */
export interface PeopleAnswer {
  readonly people: readonly PersonAnswer[];
  /** How many were found, whatever the limit. */
  readonly total: number;
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

/** `GET /api/people/edits`: what operators did about people, the newest first. All operators have one token, so nobody is named. */
export interface EditsAnswer {
  readonly edits: readonly PersonEdit[];
}

/** Facts are in the words of the people file. */
export interface PersonEdit {
  readonly person: PersonId;
  readonly kind: 'edited' | 'added' | 'removed';
  /** As operators, else a source has it; undefined where nobody says one. */
  readonly displayName: string | undefined;
  /** When it was last done, Unix ms; undefined where an earlier version kept no time. */
  readonly at: number | undefined;
  readonly given: Readonly<Record<string, string>>;
  /** What a source says instead: of an edited person the same facts, else all; undefined where none names the person. */
  readonly source: Readonly<Record<string, string>> | undefined;
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

export interface MessageAnswer extends MessageSummary, MessageNames {
  /** Why a failed message failed, in the words its sender was given. */
  readonly reason: { readonly id: RefusalId; readonly cause: string; readonly cure: string } | undefined;
}

export interface MessageNames {
  /** As the directory has them now; left out of who is not in it. */
  readonly authorName?: string;
  readonly recipientName?: string;
}

/** `GET /api/messages/{id}`: by the gateway's id, or a network's id of the message on either side. */
export interface TraceAnswer extends Trace, MessageNames {
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
