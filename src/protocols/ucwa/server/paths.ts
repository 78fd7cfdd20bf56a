/**
 * Addresses as a real pool lays them out. Clients ought to follow links alone; several build some of these
 * themselves.
 */
export const applicationsPath = '/ucwa/oauth/v1/applications';

/** The addresses below one application. */
export class Paths {
  readonly self: string;
  readonly me: string;
  readonly people: string;
  readonly communication: string;

  constructor(applicationId: string) {
    this.self = `${applicationsPath}/${applicationId}`;
    this.me = `${this.self}/me`;
    this.people = `${this.self}/people`;
    this.communication = `${this.self}/communication`;
  }

  events(ack: number): string {
    return `${this.self}/events?ack=${ack}`;
  }

  photo(address: string): string {
    return `${this.self}/photos/${segment(address)}`;
  }

  contact(address: string): string {
    return `${this.people}/${segment(address)}`;
  }

  group(id: string): string {
    return `${this.people}/groups/${id}`;
  }

  subscription(id: string): string {
    return `${this.people}/presenceSubscriptions/${id}`;
  }

  subscriptionMemberships(id: string): string {
    return `${this.people}/presenceSubscriptionMemberships?presenceSubscriptionId=${id}`;
  }

  invitation(id: string): string {
    return `${this.communication}/messagingInvitations/${id}`;
  }

  conversation(id: string): string {
    return `${this.communication}/conversations/${id}`;
  }

  messaging(conversation: string): string {
    return `${this.conversation(conversation)}/messaging`;
  }

  message(conversation: string, number: number): string {
    return `${this.messaging(conversation)}/messages/${number}`;
  }

  participant(conversation: string, address: string): string {
    return `${this.conversation(conversation)}/participants/${segment(address)}`;
  }
}

/** `@` stays as it is: clients compare these addresses as text. */
function segment(address: string): string {
  return /^[\w.@-]+$/.test(address) ? address : encodeURIComponent(address).replaceAll('%40', '@');
}

/** The address inside a SIP URI, in lower case and without parameters; undefined if it is none. */
export function addressOf(uri: string): string | undefined {
  return /^(?:sips?:)?([^\s@:;,<>"]{1,120}@[a-z0-9](?:[a-z0-9.-]{0,120}[a-z0-9])?)(?:;.*)?$/i
    .exec(uri.trim())?.[1]
    ?.toLowerCase();
}
