/** What the rest of the program uses of the UCWA client. */
export { type Application, createApplication } from './application.ts';
export { backoff, type Clock, type Limit, limit, pause, systemClock } from './clock.ts';
export type { Conversation, ConversationNews, IncomingInvitation, ReceivedMessage } from './conversations.ts';
export { createDiscovery, type Discovery, entriesOf } from './discover.ts';
export {
  type ChannelEnd,
  type ChannelHandler,
  type ChannelNotice,
  type ChannelTimers,
  listen,
} from './event-channel.ts';
export { type ClientEvent, parsePackage } from './events.ts';
export {
  type ClientFailure,
  ConnectionFailed,
  fateOf,
  isClientFailure,
  RequestFailed,
  SignInRefused,
  UnexpectedAnswer,
} from './failures.ts';
export {
  ApplicationStopped,
  type KeepOptions,
  type KeptApplication,
  type KeptState,
  keepApplication,
  stoppedError,
} from './keep-application.ts';
export { createMessaging, type Messaging, type SendOutcome, type StartOutcome } from './messaging.ts';
export { readContact, readContactModalities, readContactPresence, search } from './people.ts';
export { createPresenceSubscriptions, type PresenceSubscriptions } from './presence-subscriptions.ts';
export { createRequester, type Requester } from './requester.ts';
export { type SignedIn, signIn } from './sign-in.ts';
export { createTransport, type Transport, type TransportOptions } from './transport.ts';
export type { Credentials } from './web-ticket.ts';
