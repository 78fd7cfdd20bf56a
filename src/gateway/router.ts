import type { Body } from '../core/message.ts';
import { otherSide, type Person, type Side } from '../core/people.ts';
import type { RefusalId } from '../core/refusals.ts';
import { factsOf, type Policy } from '../core/routing/facts.ts';
import { type Route as Landing, route } from '../core/routing/route.ts';
import { toSkype, toTeams } from '../core/text/text.ts';
import type { Capabilities } from './connector.ts';
import type { Route } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { StoredMessage } from './ledger.ts';

export interface RouterOptions {
  readonly directory: Directory;
  readonly policy: Policy;
  readonly capabilities: Readonly<Record<Side, Capabilities>>;
  /** The sides on which a person has a client of their own, as far as presence tells. */
  readonly signedIn: (person: Person) => readonly Side[];
}

export interface RouteRequest {
  readonly message: StoredMessage;
  readonly isOwnWrite: boolean;
  /** The conversation has been carried to the other side before. */
  readonly isBridged: boolean;
}

/** Where a message goes: who the two people are, what the rules say, and what the other network can show of it. */
export function createRouter(options: RouterOptions): (request: RouteRequest) => Route {
  const { directory, policy } = options;

  return ({ message, isOwnWrite, isBridged }) => {
    if (isOwnWrite) return { kind: 'echo' };
    const side = otherSide(message.side);
    const author = directory.person(message.author);
    const recipient = directory.person(message.recipient);
    if (!author || !recipient)
      return refused('no-such-person', side, author ? message.recipient : message.author);

    const signedIn = options.signedIn(recipient);
    const landing = route(factsOf(author, message.side, recipient, signedIn), policy);
    if (message.side === 'teams' && staysNative(landing, recipient, isBridged && !signedIn.includes('teams')))
      return { kind: 'native', rule: landing.rule };
    if (!landing.possible && !isBridged)
      return {
        kind: 'refused',
        refusal: { id: 'not-possible', side, person: recipient.displayName, detail: landing.rule },
      };
    if (!hasAccount(recipient, side)) return refused('not-enabled', side, recipient.displayName);

    const converted = convert(message.body, side, options.capabilities[side]);
    if (converted.kind === 'refused') return refused(converted.id, side, recipient.displayName);
    return { kind: 'bring', side, author, recipient, body: converted.body, rule: landing.rule };
  };
}

/**
 * In Teams a message whose recipient's chats land in Teams needs nobody to carry it, unless the thread has been carried
 * to SfB and the recipient is there: a thread keeps the way it was made with. From SfB nothing stays: a message is here
 * because the gateway's endpoint of the recipient took it up.
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

function refused(id: RefusalId, side: Side, person: string): Route {
  return { kind: 'refused', refusal: { id, side, person } };
}
