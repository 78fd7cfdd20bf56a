import { type DataContent, encodeDataUri } from '../data-uri.ts';
import type { Reason } from '../errors.ts';
import type { DeclineReason } from '../types.ts';
import { expectShape } from './answers.ts';
import type { Application } from './application.ts';
import { type Clock, limit, orAbort } from './clock.ts';
import {
  applyEvent,
  type Conversation,
  type ConversationNews,
  type Conversations,
  type IncomingInvitation,
} from './conversations.ts';
import type { ClientEvent } from './events.ts';
import { ConnectionFailed, RequestFailed, UnexpectedAnswer } from './failures.ts';
import { createOwnInvitations } from './invitations.ts';
import { type Completion, createOperations, type Operation } from './operations.ts';
import type { Answer } from './requester.ts';
import { checks } from './shapes.ts';

export interface StartRequest {
  /** Minted by the caller, unique in the application, 50 characters at most. */
  readonly operationId: string;
  /** `sip:` address. */
  readonly to: string;
  readonly content: DataContent;
  readonly subject?: string;
  /** Continues an earlier conversation; shared by both parties. */
  readonly threadId?: string;
}

export type StartOutcome =
  | { readonly kind: 'accepted'; readonly conversation: string; readonly threadId: string | undefined }
  | { readonly kind: 'failed'; readonly reason: Reason | undefined }
  /** The application was lost before the outcome was known. */
  | { readonly kind: 'lost' };

export type SendOutcome =
  | { readonly kind: 'sent'; readonly href: string }
  | { readonly kind: 'failed'; readonly reason: Reason | undefined }
  /** The conversation had ended before: the message surely was not shown. */
  | { readonly kind: 'ended' }
  /** The conversation or the application ended before the outcome was known. */
  | { readonly kind: 'lost' };

/** Instant messaging of one application. */
export interface Messaging {
  readonly conversations: Conversations;
  /** To be given the events of every package, in order; returns what they come to, in order. */
  handle(events: readonly ClientEvent[]): readonly ConversationNews[];
  /** The package handled last was not kept, and comes again: what it ended is as it was before. */
  unkept(): void;
  /** The application, or what it held, is gone: all that is under way ends as lost. Returns what had been open. */
  lose(): readonly string[];
  /**
   * Invites with a first message, and waits until the invitation is taken up or fails.
   * @throws a `ClientFailure` of the request, or the signal's reason; the invitation then may go on: see {@link cancel}
   */
  start(request: StartRequest, signal: AbortSignal): Promise<StartOutcome>;
  /**
   * Takes back an invitation that rings; resolves also if it does not ring any more. False if the pool has not said
   * yet where to: then it is taken back when it does.
   */
  cancel(operationId: string, signal: AbortSignal): Promise<boolean>;
  /** Sends a message and waits until the pool knows whether it arrived. Errors as for {@link start}. */
  send(
    conversation: string,
    content: DataContent,
    operationId: string,
    signal: AbortSignal,
  ): Promise<SendOutcome>;
  /** Takes an invitation up, and waits until messages can be sent. False if the conversation ended before. */
  accept(invitation: IncomingInvitation, signal: AbortSignal): Promise<boolean>;
  decline(invitation: IncomingInvitation, reason: DeclineReason, signal: AbortSignal): Promise<void>;
  /** Ends a conversation. Resolves also if it had ended. */
  stop(conversation: string, signal: AbortSignal): Promise<void>;
}

const takeBackTimeoutMs = 10_000;
/** How long events are waited for in place of an answer that was lost: the event channel may have to recover, too. */
const lateAnswerMs = 8_000;

export function createMessaging(application: Application, clock: Clock): Messaging {
  const { requester, links } = application;
  const conversations = new Map<string, Conversation>();
  const operations = createOperations();
  const invitations = createOwnInvitations((href) => void takeBackLate(href));
  /** By the package handled last. */
  const ended = new Map<string, Conversation>();

  const noteOutgoing = (event: ClientEvent): void => {
    if (event.kind === 'message' && event.type === 'completed' && event.direction !== 'Incoming') {
      operations.complete(event.href, event.operationId, completionOf(event));
    }
    if (event.kind !== 'messagingInvitation' || event.direction === 'Incoming') return;
    invitations.note(event);
    if (event.type === 'completed') operations.complete(event.href, event.operationId, completionOf(event));
  };

  const takeBackLate = async (href: string): Promise<void> => {
    using limited = limit(clock, takeBackTimeoutMs);
    await takeBack(href, limited.signal).catch(() => undefined);
  };

  const takeBack = (href: string, signal: AbortSignal): Promise<void> =>
    ifThere(requester.call('POST', href, { signal }));

  /**
   * How an operation ends. Where its request had no answer that says whether it was carried out, the events that follow
   * do, if they come soon; `isBegun` says whether one has come already.
   */
  const outcome = async (
    operation: Operation,
    posted: Promise<Answer>,
    isBegun: () => boolean,
    signal: AbortSignal,
  ): Promise<Completion> => {
    const answered = posted.then(({ location }): undefined => {
      if (location !== undefined) operation.located(location);
    });
    try {
      // A connection that fell silent keeps an answer back, not the event. What ended without an event, the answer knows.
      const early = await Promise.race([
        answered,
        operation.completion.then((end) => (end.kind === 'lost' ? answered : end)),
      ]);
      if (early) return early;
    } catch (error) {
      if (!mayBeDone(error)) throw error;
      using late = limit(clock, lateAnswerMs, signal);
      try {
        return await orAbort(operation.completion, late.signal);
      } catch {
        if (signal.aborted || !isBegun()) throw error;
      }
    }
    return await orAbort(operation.completion, signal);
  };

  /** The link may come a moment after the acceptance, in an event of its own. */
  const sendLink = async (href: string, signal: AbortSignal): Promise<string | undefined> => {
    const conversation = conversations.get(href);
    if (conversation?.sendMessage !== undefined || conversation?.messaging === undefined)
      return conversation?.sendMessage;
    const answer = await requester.call('GET', conversation.messaging, { signal });
    return expectShape(checks.messaging, answer.body, 'messaging')._links.sendMessage?.href;
  };

  return {
    conversations,

    handle(events) {
      ended.clear();
      const news: ConversationNews[] = [];
      for (const event of events) {
        noteOutgoing(event);
        const one = applyEvent(conversations, event);
        if (one) news.push(one);
        if (one?.kind === 'ended') {
          ended.set(one.conversation, one.was);
          operations.loseAll(one.conversation);
        }
        if (event.kind === 'messaging' && event.state === 'Connected') {
          operations.complete(event.href, connectingId(event.conversation), { kind: 'succeeded' });
        }
      }
      return news;
    },

    unkept() {
      for (const [href, was] of ended) conversations.set(href, was);
      ended.clear();
    },

    lose() {
      ended.clear();
      const open = [...conversations.keys()];
      conversations.clear();
      invitations.forgetAll();
      operations.loseAll();
      return open;
    },

    async start({ operationId, to, content, subject, threadId }, signal) {
      if (links.startMessaging === undefined)
        throw new UnexpectedAnswer('communication has no startMessaging link');
      using operation = operations.begin(operationId);
      const ours = invitations.begin(operationId, threadId);
      const body = {
        operationId,
        to,
        importance: 'Normal',
        ...(subject === undefined ? {} : { subject }),
        ...(threadId === undefined ? {} : { threadId }),
        _links: { message: { href: encodeDataUri(content) } },
      };
      const posted = requester.call('POST', links.startMessaging, { json: body, signal });
      const completion = await outcome(
        operation,
        posted,
        () => ours.conversation !== undefined,
        signal,
      ).catch((error: unknown) => {
        if (isNotDone(error)) invitations.forget(operationId);
        else invitations.leave(ours);
        if (mayBeDone(error)) ours.unwanted = true;
        throw error;
      });
      if (completion.kind !== 'succeeded') return completion;
      if (ours.conversation === undefined)
        throw new UnexpectedAnswer('messagingInvitation/_links/conversation');
      return { kind: 'accepted', conversation: ours.conversation, threadId: ours.threadId };
    },

    async cancel(operationId, signal) {
      const ours = invitations.get(operationId);
      if (!ours) return false;
      ours.unwanted = true;
      const href = ours.cancel ?? conversations.get(ours.conversation ?? '')?.stopMessaging;
      if (href === undefined) return false;
      await takeBack(href, signal);
      return true;
    },

    async send(href, content, operationId, signal) {
      if (!conversations.has(href)) return { kind: 'ended' };
      try {
        const link = await sendLink(href, signal);
        if (link === undefined) return { kind: 'ended' };
        using operation = operations.begin(operationId, href);
        const posted = requester.call('POST', link, { query: { operationId }, content, signal });
        const completion = await outcome(operation, posted, () => false, signal);
        return completion.kind === 'succeeded'
          ? { kind: 'sent', href: operation.href ?? operationId }
          : completion;
      } catch (error) {
        if (isOver(error)) return { kind: 'ended' };
        throw error;
      }
    },

    async accept({ accept, conversation }, signal) {
      using connecting = operations.begin(connectingId(conversation), conversation);
      await requester.call('POST', accept, { signal });
      if (conversations.get(conversation)?.connected) return true;
      return (await orAbort(connecting.completion, signal)).kind === 'succeeded';
    },

    async decline({ decline }, reason, signal) {
      if (decline !== undefined) await ifThere(requester.call('POST', decline, { json: { reason }, signal }));
    },

    async stop(href, signal) {
      const link = conversations.get(href)?.stopMessaging;
      if (link !== undefined) await ifThere(requester.call('POST', link, { signal }));
    },
  };
}

/** Not an operation of the protocol: the taking up of an invitation, joined with the event that ends it. */
function connectingId(conversation: string): string {
  return `connecting ${conversation}`;
}

function completionOf(event: { readonly status?: string; readonly reason?: Reason }): Completion {
  return event.status === 'Failure' ? { kind: 'failed', reason: event.reason } : { kind: 'succeeded' };
}

/** Whether the pool may have carried a request out that it gave no good answer to. */
function mayBeDone(error: unknown): boolean {
  if (error instanceof ConnectionFailed) return error.sent === 'maybe';
  return error instanceof RequestFailed && [408, 500, 502, 504].includes(error.status);
}

/** Whether the pool surely has not carried a request out. */
function isNotDone(error: unknown): boolean {
  const isFailed = error instanceof ConnectionFailed || error instanceof RequestFailed;
  return isFailed && !mayBeDone(error);
}

/** A conversation that is over: its links answer 404, or 409 if it is about to go. */
function isOver(error: unknown): boolean {
  return error instanceof RequestFailed && (error.status === 404 || error.status === 409);
}

async function ifThere(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isOver(error)) throw error;
  }
}
