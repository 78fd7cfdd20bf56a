import { stringAt } from '../shared/http.ts';
import { type PresenceChoice, shownInSkype } from '../shared/presence/inSkype.ts';
import type { ParseHtml } from '../shared/richText/parse.ts';
import { createStore, type Store } from '../shared/store.ts';
import { pause } from '../shared/time.ts';
import { TroubleError, troubleOf } from '../shared/trouble.ts';
import { type Conversations, createConversations } from './conversations.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createPeople, type People } from './people.ts';
import { nameOf, reduce, type SkypeAction } from './state/reducer.ts';
import { type Contact, initialState, peerOf, type SkypeState, sipOf } from './state/state.ts';
import { type Application, meOf, openApplication } from './ucwa/application.ts';
import { followEvents } from './ucwa/channel.ts';
import { type Ucwa, UcwaError } from './ucwa/client.ts';
import type { UcwaEvent } from './ucwa/events.ts';
import { linkOf } from './ucwa/hal.ts';

/** One person signed in at a pool: the state for the screen and everything that can be done. */
export interface SkypeSession {
  readonly store: Store<SkypeState, SkypeAction>;
  /** A window, or the one of a contact by its address. */
  readonly open: (window: string, name: string) => void;
  /** No window is open any more; its conversation goes on. */
  readonly close: () => void;
  readonly send: (window: string, text: string) => void;
  readonly typing: (window: string) => void;
  readonly stop: (window: string) => Promise<void>;
  readonly accept: (invitation: string) => Promise<void>;
  readonly decline: (invitation: string) => Promise<void>;
  readonly search: (query: string) => Promise<readonly Contact[]>;
  readonly choosePresence: (choice: PresenceChoice | 'automatic') => Promise<void>;
  readonly setNote: (text: string) => Promise<void>;
  /** The person did something: they are not inactive. */
  readonly active: () => void;
  /** The page goes away: signs out without waiting. */
  readonly leave: () => void;
  readonly signOut: () => Promise<void>;
  /** As `leave`: nothing of it stays behind. */
  readonly end: () => void;
}

export interface SkypeSurroundings {
  readonly ucwa: Ucwa;
  readonly applications: string;
  readonly parseHtml: ParseHtml;
  readonly now: () => number;
  readonly newKey: () => string;
}

/** What there is for as long as one application lives. */
interface Running {
  readonly application: Application;
  readonly people: People;
  readonly outbox: Outbox;
  readonly conversations: Conversations;
}

const keepEveryMs = 5_000;
/** A pool holds a person inactive five minutes after the last report. */
const reportEveryMs = 60_000;
const activeForMs = 240_000;
/** How long a pool shows typing; told again at most this often. */
const typingEveryMs = 8_000;
const maxReopenings = 5;

export async function startSkype(env: SkypeSurroundings): Promise<SkypeSession> {
  const { ucwa, now } = env;
  const ending = new AbortController();
  const first = await openApplication(ucwa, env.applications, env.newKey());
  const store = createStore<SkypeState, SkypeAction>(reduce, initialState(withSip(meOf(first))));
  let running = assemble(first);
  let lastInput = now();
  let lastReport = now();
  let reopenings = 0;
  const typingToldAt = new Map<string, number>();

  function assemble(application: Application): Running {
    const outbox = createOutbox(ucwa, application.startMessaging, store, now, env.newKey);
    return {
      application,
      outbox,
      people: createPeople(ucwa, application, store, now),
      conversations: createConversations(ucwa, store, outbox, env.parseHtml, now),
    };
  }

  const readSelf = async (rel: 'presence' | 'note', gone: boolean): Promise<void> => {
    const href = linkOf(running.application.me, rel);
    const resource = gone || href === undefined ? undefined : await ucwa.get(href);
    if (rel === 'note') return store.dispatch({ type: 'ownNote', note: stringAt(resource, 'message') });
    const presence = shownInSkype(stringAt(resource, 'availability'), stringAt(resource, 'activity'));
    store.dispatch({ type: 'ownPresence', presence: resource === undefined ? undefined : presence });
  };

  const handle = async (event: UcwaEvent): Promise<void> => {
    if (event.sender === 'people') return running.people.handle(event);
    if (event.sender !== 'me') return running.conversations.handle(event);
    if (event.rel === 'presence' || event.rel === 'note')
      return readSelf(event.rel, event.type === 'deleted');
  };

  const handleAll = async (events: readonly UcwaEvent[]): Promise<void> => {
    // Several people's presence is read side by side; everything else in its order.
    const side = events.filter((event) => event.sender === 'people' || event.sender === 'me').map(guarded);
    for (const event of events) if (event.sender !== 'people' && event.sender !== 'me') await guarded(event);
    await Promise.all(side);
  };
  /** An event that cannot be followed (its resource is gone again) must not hold up the others. */
  const guarded = (event: UcwaEvent): Promise<void> =>
    handle(event).catch((error: unknown) => {
      if (!(error instanceof UcwaError)) store.dispatch({ type: 'troubled', trouble: troubleOf(error) });
    });

  const readAll = async (): Promise<void> => {
    await Promise.all([running.people.load(), readSelf('presence', false), readSelf('note', false)]);
  };
  const follow = (): void => {
    const listener = {
      events: handleAll,
      forgotten: async () => {
        store.dispatch({ type: 'forgotten' });
        await readAll();
      },
      connected: (connected: boolean) => {
        if (connected) reopenings = 0;
        store.dispatch({
          type: 'connection',
          connection: { kind: connected ? 'connected' : 'reconnecting' },
        });
      },
      ended: (how: 'gone' | 'stopped', error: UcwaError | undefined) => {
        store.dispatch({ type: 'forgotten' });
        if (how === 'gone') void reopen();
        else
          store.dispatch({ type: 'connection', connection: { kind: 'stopped', trouble: whyStopped(error) } });
      },
    };
    void followEvents(ucwa, running.application.events, listener, ending.signal);
  };
  const reopen = async (): Promise<void> => {
    store.dispatch({ type: 'connection', connection: { kind: 'reconnecting' } });
    await pause(Math.min(1000 * 2 ** reopenings, 20_000), ending.signal);
    if (ending.signal.aborted) return;
    reopenings += 1;
    try {
      running = assemble(await openApplication(ucwa, env.applications, env.newKey()));
      follow();
      await readAll();
    } catch (error) {
      if (reopenings < maxReopenings && !(error instanceof UcwaError && error.status === 401))
        return reopen();
      store.dispatch({ type: 'connection', connection: { kind: 'stopped', trouble: troubleOf(error) } });
    }
  };

  const report = async (): Promise<void> => {
    const href = linkOf(running.application.me, 'reportMyActivity');
    if (href === undefined) return;
    lastReport = now();
    await ucwa.post(href);
  };
  const keep = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await pause(keepEveryMs, ending.signal);
      if (ending.signal.aborted) return;
      running.outbox.keep(now());
      const due = now() - lastReport >= reportEveryMs && now() - lastInput < activeForMs;
      // What fails here fails in the event channel too, which tells it.
      await Promise.allSettled([running.people.keep(now()), due ? report() : undefined]);
    }
  };

  follow();
  void keep();
  readAll().catch((error: unknown) => store.dispatch({ type: 'troubled', trouble: troubleOf(error) }));

  const answer = async (href: string, accepted: boolean): Promise<void> => {
    const invitation = store.get().invitations.find((one) => one.href === href);
    if (!invitation) return;
    store.dispatch({ type: 'invitationAnswered', href, accepted, at: now() });
    try {
      if (accepted) await ucwa.post(invitation.accept);
      else await ucwa.post(invitation.decline, { reason: 'Local' });
    } catch (error) {
      store.dispatch({ type: 'session', window: invitation.window, session: { kind: 'none' } });
      // 404 and 409: it was answered elsewhere or taken back in the meantime.
      if (!(error instanceof UcwaError && [404, 409].includes(error.status)))
        store.dispatch({ type: 'troubled', trouble: troubleOf(error) });
    }
  };

  const leave = (): void => {
    ending.abort();
    ucwa.deleteLast(running.application.self);
  };

  return {
    store,
    open: (window, name) => {
      store.dispatch({ type: 'opened', window, name: name || nameOf(store.get(), window) });
      // A window with a subject is of somebody behind a shared account, which is no contact.
      if (window === peerOf(window)) running.people.follow(window, name).catch(() => undefined);
    },
    close: () => store.dispatch({ type: 'closed' }),
    send: (window, text) => running.outbox.send(window, text),
    typing: (window) => {
      const session = store.get().windows[window]?.session;
      const href = session?.kind === 'connected' ? session.setIsTyping : undefined;
      if (href === undefined || now() - (typingToldAt.get(window) ?? 0) < typingEveryMs) return;
      typingToldAt.set(window, now());
      ucwa.post(href).catch(() => undefined);
    },
    stop: async (window) => {
      const session = store.get().windows[window]?.session;
      if (session === undefined || session.kind === 'none' || session.stop === undefined) return;
      const { conversation, stop } = session;
      if (session.kind === 'connected' && conversation !== undefined) {
        running.outbox.sessionOver(window, undefined);
        store.dispatch({
          type: 'conversationOver',
          conversation,
          at: now(),
          note: 'You ended the conversation.',
        });
      }
      await ucwa.post(stop);
    },
    accept: (href) => answer(href, true),
    decline: (href) => answer(href, false),
    search: (query) => running.people.search(query),
    choosePresence: async (choice) => {
      const href = linkOf(running.application.me, 'presence');
      if (href === undefined) return;
      await ucwa.post(href, choice === 'automatic' ? undefined : { availability: choice.availability });
      await readSelf('presence', false);
    },
    setNote: async (text) => {
      const href = linkOf(running.application.me, 'note');
      if (href === undefined) return;
      await ucwa.post(href, text === '' ? undefined : { message: text });
      await readSelf('note', false);
    },
    active: () => {
      const wasInactive = now() - lastInput >= activeForMs;
      lastInput = now();
      if (wasInactive) report().catch(() => undefined);
    },
    leave,
    signOut: async () => {
      ending.abort();
      await ucwa.delete(running.application.self);
    },
    end: leave,
  };
}

function withSip(me: { readonly uri: string; readonly name: string }): { uri: string; name: string } {
  return { uri: sipOf(me.uri), name: me.name };
}

function whyStopped(error: UcwaError | undefined) {
  if (error?.status === 409)
    return { what: 'This account is followed from another tab.', cure: 'Sign in again here to take over.' };
  return (
    error?.trouble ?? new TroubleError({ what: 'The sign-in has ended.', cure: 'Sign in again.' }).trouble
  );
}
