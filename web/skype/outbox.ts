import { fromPlainText } from '../shared/richText/tree.ts';
import type { Store } from '../shared/store.ts';
import { troubleOf } from '../shared/trouble.ts';
import type { SkypeAction } from './state/reducer.ts';
import { nameOf } from './state/reducer.ts';
import { peerOf, type SkypeState } from './state/state.ts';
import { type Ucwa, UcwaError, withQuery } from './ucwa/client.ts';
import { textToDataUri } from './ucwa/dataUri.ts';
import type { Reason } from './ucwa/events.ts';
import { failureWords } from './words.ts';

/** A pool tells within 30 s how a message ended; after this nobody knows. */
const givenUpMs = 45_000;

const maxEarly = 32;

interface Waiting {
  readonly key: string;
  readonly text: string;
  /** Sent once into a session that turned out to be dead. */
  readonly again: boolean;
}

interface Pending {
  readonly window: string;
  readonly key: string;
  readonly at: number;
  readonly what: 'invitation' | 'message';
  /** Of a message that was taken, where the pool told it. */
  location: string;
}

export interface Outbox {
  readonly send: (window: string, text: string) => void;
  /** Sends what waits, if the window's session allows it now; called after every change of a session. */
  readonly pump: (window: string) => void;
  /** An invitation of ours was answered or failed. */
  readonly invitationEnded: (operationId: string, reason: Reason | undefined, success: boolean) => void;
  /** A message of ours was confirmed or failed; known by operation id or address. */
  readonly messageEnded: (
    operationId: string,
    href: string,
    reason: Reason | undefined,
    success: boolean,
  ) => void;
  readonly windowFor: (operationId: string) => string | undefined;
  /** The session of a window is over: what it had not confirmed has failed. */
  readonly sessionOver: (window: string, reason: Reason | undefined) => void;
  readonly keep: (now: number) => void;
}

/** What a person wrote, brought out in order, window by window, until each line is delivered or failed. */
export function createOutbox(
  ucwa: Ucwa,
  startMessaging: string,
  store: Store<SkypeState, SkypeAction>,
  now: () => number,
  newKey: () => string,
): Outbox {
  const waiting = new Map<string, Waiting[]>();
  const busy = new Set<string>();
  const pending = new Map<string, Pending>();
  /** Confirmations that came before the answer which tells whose they are, by address. */
  const early = new Map<string, { readonly success: boolean; readonly reason: Reason | undefined }>();

  const queueOf = (window: string): Waiting[] => {
    const queue = waiting.get(window) ?? [];
    waiting.set(window, queue);
    return queue;
  };
  const fail = (window: string, key: string, why: string): void =>
    store.dispatch({ type: 'lineState', window, key, state: { kind: 'failed', why } });
  const settle = (operationId: string, success: boolean, reason: Reason | undefined): Pending | undefined => {
    const one = pending.get(operationId);
    if (!one) return undefined;
    pending.delete(operationId);
    if (success)
      store.dispatch({ type: 'lineState', window: one.window, key: one.key, state: { kind: 'delivered' } });
    else fail(one.window, one.key, failureWords(reason, nameOf(store.get(), one.window)));
    return one;
  };
  const keepEarly = (path: string, success: boolean, reason: Reason | undefined): void => {
    early.set(path, { success, reason });
    const [oldest] = early.keys();
    if (early.size > maxEarly && oldest !== undefined) early.delete(oldest);
  };
  const failWaiting = (window: string, reason: Reason | undefined): void => {
    const why = failureWords(reason, nameOf(store.get(), window));
    for (const line of queueOf(window).splice(0)) fail(window, line.key, why);
  };

  const invite = async (window: string, line: Waiting): Promise<void> => {
    const operationId = newKey();
    const threadId = store.get().windows[window]?.threadId;
    pending.set(operationId, { window, key: line.key, at: now(), what: 'invitation', location: '' });
    store.dispatch({
      type: 'session',
      window,
      session: { kind: 'inviting', conversation: undefined, stop: undefined },
    });
    try {
      await ucwa.post(startMessaging, {
        to: peerOf(window),
        ...(threadId && { threadId }),
        operationId,
        importance: 'Normal',
        subject: '',
        _links: { message: { href: textToDataUri(line.text) } },
      });
    } catch (error) {
      pending.delete(operationId);
      store.dispatch({ type: 'session', window, session: { kind: 'none' } });
      fail(window, line.key, wordsOf(error, nameOf(store.get(), window)));
    }
  };

  const sendInSession = async (window: string, line: Waiting, href: string): Promise<void> => {
    const operationId = newKey();
    const entry: Pending = { window, key: line.key, at: now(), what: 'message', location: '' };
    pending.set(operationId, entry);
    try {
      const answer = await ucwa.postText(withQuery(href, { operationId }), line.text);
      entry.location = answer.location;
      const confirmed = early.get(pathOf(answer.location));
      if (confirmed) settle(operationId, confirmed.success, confirmed.reason);
    } catch (error) {
      pending.delete(operationId);
      if (error instanceof UcwaError && [404, 409].includes(error.status) && !line.again) {
        store.dispatch({ type: 'session', window, session: { kind: 'none' } });
        queueOf(window).unshift({ ...line, again: true });
      } else fail(window, line.key, wordsOf(error, nameOf(store.get(), window)));
    }
  };

  const pump = (window: string): void => {
    const session = store.get().windows[window]?.session;
    const [line] = queueOf(window);
    if (!session || !line || busy.has(window) || session.kind === 'inviting') return;
    if (session.kind === 'connected' && session.sendMessage === undefined) return;
    queueOf(window).shift();
    busy.add(window);
    const sent =
      session.kind === 'connected' && session.sendMessage !== undefined
        ? sendInSession(window, line, session.sendMessage)
        : invite(window, line);
    void sent.finally(() => {
      busy.delete(window);
      pump(window);
    });
  };

  return {
    send: (window, text) => {
      const key = newKey();
      store.dispatch({
        type: 'writing',
        window,
        line: {
          key,
          author: 'me',
          authorName: store.get().me.name,
          at: now(),
          content: fromPlainText(text),
          state: { kind: 'sending' },
        },
      });
      queueOf(window).push({ key, text, again: false });
      pump(window);
    },
    pump,
    windowFor: (operationId) => pending.get(operationId)?.window,
    invitationEnded: (operationId, reason, success) => {
      const one = settle(operationId, success, reason);
      if (!one || success) return;
      store.dispatch({ type: 'session', window: one.window, session: { kind: 'none' } });
      failWaiting(one.window, reason);
    },
    messageEnded: (operationId, href, reason, success) => {
      const byHref = (): string | undefined =>
        [...pending].find(([, one]) => one.location !== '' && pathOf(one.location) === pathOf(href))?.[0];
      const id = pending.has(operationId) ? operationId : byHref();
      if (id !== undefined) settle(id, success, reason);
      else if (operationId === '') keepEarly(pathOf(href), success, reason);
    },
    sessionOver: (window, reason) => {
      for (const [operationId, one] of pending)
        if (one.window === window && one.what === 'message') settle(operationId, false, reason);
    },
    keep: (at) => {
      for (const [operationId, one] of pending) {
        if (at - one.at < givenUpMs) continue;
        pending.delete(operationId);
        const name = nameOf(store.get(), one.window);
        fail(one.window, one.key, `No confirmation came: ${name} may have seen it or not.`);
        if (one.what === 'invitation') {
          store.dispatch({ type: 'session', window: one.window, session: { kind: 'none' } });
          failWaiting(one.window, undefined);
        }
      }
    },
  };
}

function wordsOf(error: unknown, name: string): string {
  if (error instanceof UcwaError && error.status !== 401)
    return failureWords({ code: error.code, subcode: error.subcode, message: error.trouble.cure }, name);
  const trouble = troubleOf(error);
  return `${trouble.what} ${trouble.cure}`;
}

/** The path of a link with or without a host: what names a resource, whichever way it is written. */
function pathOf(href: string): string {
  return new URL(href, 'http://pool.invalid').pathname.toLowerCase();
}
