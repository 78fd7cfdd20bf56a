/**
 * Addresses as a real pool lays them out. Clients ought to follow links alone; several build some of these
 * themselves.
 */
export const applicationsPath = '/ucwa/oauth/v1/applications';

export interface Paths {
  readonly self: string;
  readonly me: string;
  readonly people: string;
  readonly communication: string;
  events(ack: number): string;
  photo(address: string): string;
  contact(address: string): string;
  group(id: string): string;
  subscription(id: string): string;
  subscriptionMemberships(id: string): string;
  invitation(id: string): string;
  conversation(id: string): string;
  messaging(conversation: string): string;
  message(conversation: string, number: number): string;
  participant(conversation: string, address: string): string;
}

export function pathsOf(applicationId: string): Paths {
  const self = `${applicationsPath}/${applicationId}`;
  const people = `${self}/people`;
  const communication = `${self}/communication`;
  const conversation = (id: string) => `${communication}/conversations/${id}`;
  return {
    self,
    me: `${self}/me`,
    people,
    communication,
    events: (ack) => `${self}/events?ack=${ack}`,
    photo: (address) => `${self}/photos/${segment(address)}`,
    contact: (address) => `${people}/${segment(address)}`,
    group: (id) => `${people}/groups/${id}`,
    subscription: (id) => `${people}/presenceSubscriptions/${id}`,
    subscriptionMemberships: (id) => `${people}/presenceSubscriptionMemberships?presenceSubscriptionId=${id}`,
    invitation: (id) => `${communication}/messagingInvitations/${id}`,
    conversation,
    messaging: (id) => `${conversation(id)}/messaging`,
    message: (id, number) => `${conversation(id)}/messaging/messages/${number}`,
    participant: (id, address) => `${conversation(id)}/participants/${segment(address)}`,
  };
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
