import type { ThreadKey } from '../core/ids.ts';
import type { Body } from '../core/message.ts';
import { otherSide, type Person, type Side } from '../core/people.ts';
import type { RefusalId } from '../core/refusals.ts';
import { type ExistingThread, isAlive, routeExisting } from '../core/routing/existing.ts';
import { factsOf, type Policy, type RouteFacts } from '../core/routing/facts.ts';
import {
  describeFederationRefusal,
  type FederationSettings,
  federationRefusal,
} from '../core/routing/federation.ts';
import { type PolicySettings, policyFor } from '../core/routing/policy.ts';
import { type Route as Landing, route } from '../core/routing/route.ts';
import { toSkype, toTeams } from '../core/text/text.ts';
import { relayRule } from '../core/toasts/relay.ts';
import type { Capabilities } from './connector.ts';
import type { Route } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { StoredMessage } from './ledger.ts';
import type { Way } from './ways.ts';

export interface RouterOptions {
  readonly directory: Directory;
  readonly policies: PolicySettings;
  readonly federation: FederationSettings;
  /** From writing to intake, ms: what is older is not brought. */
  readonly catchUpMs: number;
  readonly capabilities: Readonly<Record<Side, Capabilities>>;
  /** Silence after which an SfB session has ended, ms. */
  readonly sessionIdleMs: number;
  /** Whether both people of a Teams thread see what stands in it by themselves: not in a group that the gateway made. */
  readonly bothSee: (thread: ThreadKey) => boolean;
  /** The sides on which a person has a client of their own, as far as presence tells. */
  readonly signedIn: (person: Person) => readonly Side[];
}

export interface RouteRequest {
  readonly message: StoredMessage;
  readonly isOwnWrite: boolean;
  /** Both people talk on the side that it came from, through the gateway. */
  readonly isRelayed: boolean;
  /** The conversation has been carried to the other side before. */
  readonly isBridged: boolean;
  readonly way: Way | undefined;
}

/** Where a message goes: who the two people are, what the rules say, and what the other network can show of it. */
export function createRouter(options: RouterOptions): (request: RouteRequest) => Route {
  const { directory, policies, federation } = options;

  return (request) => {
    const { message, isBridged } = request;
    if (request.isOwnWrite) return { kind: 'echo' };
    const side = request.isRelayed ? message.side : otherSide(message.side);
    const author = directory.person(message.author);
    const recipient = directory.person(message.recipient);
    if (!author || !recipient)
      return refused('no-such-person', side, author ? message.recipient : message.author);

    const signedIn = options.signedIn(recipient);
    const policy = policyFor(policies, author);
    const facts = factsOf(author, message.side, recipient, signedIn);
    const landing = route(facts, policy);
    const isMade = message.side === 'teams' && !options.bothSee(message.thread);
    if (
      message.side === 'teams' &&
      !isMade &&
      staysNative(landing, recipient, isBridged && !signedIn.includes('teams'))
    )
      return { kind: 'native', rule: landing.rule };

    if (message.takenAt - message.writtenAt > options.catchUpMs)
      return refused('deadline-passed', side, recipient.displayName, 'written too long before it came up');

    const barred = federationRefusal(federation, author, recipient);
    if (barred)
      return refused(
        barred.list === 'block' ? 'domain-blocked' : 'domain-not-allowed',
        side,
        recipient.displayName,
        describeFederationRefusal(barred),
      );
    const existing = isBridged || isMade;
    const going = request.isRelayed
      ? relayed
      : existing
        ? goingOn(landing, facts, policy, recipient, request, options.sessionIdleMs)
        : anew(landing);
    if (going.kind === 'refused') return refused(going.id, side, recipient.displayName, going.rule);
    if (!hasAccount(recipient, side)) return refused('not-enabled', side, recipient.displayName);

    const converted = convert(message.body, side, options.capabilities[side]);
    if (converted.kind === 'refused') return refused(converted.id, side, recipient.displayName);
    return { kind: 'bring', side, author, recipient, body: converted.body, rule: going.rule };
  };
}

const relayed = { kind: 'goes', rule: relayRule } as const;

type Going =
  | { readonly kind: 'goes'; readonly rule: string }
  | { readonly kind: 'refused'; readonly id: RefusalId; readonly rule: string };

/**
 * What the conversation so far makes of `landing`. Two people have one conversation and, in Teams, one chat, which is the
 * native one too: a thread that is closed is followed by another one under the same chat.
 */
function goingOn(
  landing: Landing,
  facts: RouteFacts,
  policy: Policy,
  recipient: Person,
  { message, way }: RouteRequest,
  sessionIdleMs: number,
): Going {
  const thread: ExistingThread = {
    side: message.side,
    lands: [otherSide(message.side)],
    conversation: facts.scope === 'federated' ? 'federated' : 'interop',
    toHome: way?.homes.get(recipient.id) ?? recipient.skype.home,
    alive: isAlive(way?.lastAt, message.takenAt, sessionIdleMs),
  };
  const existing = routeExisting(thread, facts, policy);
  switch (existing.kind) {
    case 'new':
      return anew(landing);
    case 'continues':
      return { kind: 'goes', rule: 'existing-thread' };
    case 'closed':
      return landing.possible ? { kind: 'refused', id: 'thread-closed', rule: existing.rule } : anew(landing);
  }
}

function anew(landing: Landing): Going {
  return landing.possible
    ? { kind: 'goes', rule: landing.rule }
    : { kind: 'refused', id: 'not-possible', rule: landing.rule };
}

/**
 * In a chat of the two in Teams a message whose recipient's chats land in Teams needs nobody to carry it, unless the thread
 * has been carried to SfB and the recipient is there: a thread keeps the way it was made with. From SfB nothing stays: a
 * message is here because the gateway's endpoint of the recipient took it up.
 */
function staysNative(landing: Landing, recipient: Person, continuesInSkype: boolean): boolean {
  if (!landing.possible || landing.lands.length !== 1 || landing.lands[0] !== 'teams') return false;
  return recipient.mode === 'TeamsOnly' || recipient.skype.home === 'none' || !continuesInSkype;
}

function hasAccount(person: Person, side: Side): boolean {
  return side === 'teams' ? person.teams.kind === 'account' : person.skype.home !== 'none';
}

function convert(body: Body, side: Side, capabilities: Capabilities) {
  return side === 'skype' ? toSkype(body, capabilities) : toTeams(body, capabilities);
}

function refused(id: RefusalId, side: Side, person: string, detail?: string): Route {
  return { kind: 'refused', refusal: { id, side, person, ...(detail === undefined ? {} : { detail }) } };
}
