import { arrayAt } from '../shared/http.ts';
import { startPolling } from '../shared/poller.ts';
import type { PresenceChoice } from '../shared/presence/inTeams.ts';
import type { ParseHtml } from '../shared/richText/parse.ts';
import { createStore, type Store } from '../shared/store.ts';
import { type Trouble, troubleOf } from '../shared/trouble.ts';
import { type Graph, GraphError } from './graph/client.ts';
import { toChat, toMessage, toPresences, toUser, versionOf } from './graph/fromGraph.ts';
import { gatewayName } from './graph/notices.ts';
import type { Chat, ChatMessage, User } from './graph/types.ts';
import { createPresencePublisher } from './presencePublisher.ts';
import { SignInRefused } from './signIn/grants.ts';
import { reduce, type TeamsAction } from './state/reducer.ts';
import { initialState, type Open, outgoingKey, type TeamsState } from './state/state.ts';
import { chatWith, isUnread } from './state/views.ts';

/** One person signed in to Teams: the state for the screen and everything that can be done. */
export interface TeamsSession {
  readonly store: Store<TeamsState, TeamsAction>;
  readonly openChat: (chatId: string) => void;
  readonly openPerson: (person: User) => void;
  /** Nothing is open any more. */
  readonly close: () => void;
  readonly send: (text: string) => void;
  readonly retry: (key: string) => void;
  readonly closeToast: (key: string) => void;
  readonly choosePresence: (choice: PresenceChoice | 'automatic') => Promise<void>;
  readonly setNote: (text: string) => Promise<void>;
  /** The person did something: they are not away. */
  readonly active: () => void;
  /** The page can be seen again, or is back from the browser's cache. */
  readonly wake: (published: boolean) => void;
  /** The page goes away: says so to Teams without waiting. */
  readonly leave: () => void;
  /** Takes the presence away and stops. Resolves when Teams knows, or could not be told. */
  readonly signOut: () => Promise<void>;
  /** Stops without a word to Teams. */
  readonly end: () => void;
}

export interface TeamsSurroundings {
  readonly graph: Graph;
  readonly clientId: string;
  readonly parseHtml: ParseHtml;
  readonly isHidden: () => boolean;
  readonly now: () => number;
  readonly newKey: () => string;
  /** The sign-in is over for good: nothing more can be read or written. */
  readonly ended: (trouble: Trouble) => void;
}

/** People come and go rarely: every so many rounds. */
const peopleEvery = 60;
const presencesEvery = 2;

export async function startTeams(env: TeamsSurroundings): Promise<TeamsSession> {
  const { graph, now } = env;
  const me = toUser(await graph.get('/me'));
  const store = createStore<TeamsState, TeamsAction>(reduce, initialState(me));
  const ending = new AbortController();
  const presence = createPresencePublisher(graph, me.id, env.clientId, now);
  /** The newest message of each chat with the gateway whose notices have been read. */
  const noticesRead = new Map<string, string>();
  let rounds = 0;

  const loadPeople = async (): Promise<void> => {
    const people = arrayAt(await graph.get('/users?$top=100', ending.signal), 'value')
      .map(toUser)
      .filter((person) => person.id !== me.id && person.name !== gatewayName)
      .sort((a, b) => a.name.localeCompare(b.name));
    store.dispatch({ type: 'peopleLoaded', people });
  };

  const loadPresences = async (): Promise<void> => {
    const { people, chats } = store.get();
    const others = (chats ?? []).flatMap((chat) => chat.others.map((other) => other.id));
    const ids = [...new Set([me.id, ...people.map((person) => person.id), ...others])].slice(0, 650);
    const answer = await graph.post('/communications/getPresencesByUserId', { ids }, ending.signal);
    store.dispatch({ type: 'presencesLoaded', presences: toPresences(answer, env.parseHtml) });
  };

  const loadMessages = async (chatId: string): Promise<void> => {
    const answer = await graph.get(`/chats/${encodeURIComponent(chatId)}/messages?$top=50`, ending.signal);
    const known = new Map(store.get().messages[chatId]?.map((message) => [message.id, message]));
    const messages = arrayAt(answer, 'value').flatMap((wire): ChatMessage[] => {
      const old = known.get((wire as { id?: string }).id ?? '');
      const message = old?.version === versionOf(wire) ? old : toMessage(wire, env.parseHtml);
      return message ? [message] : [];
    });
    store.dispatch({ type: 'messagesLoaded', chatId, messages });
  };

  const loadChats = async (): Promise<void> => {
    const answer = await graph.get(
      '/me/chats?$expand=members,lastMessagePreview&$orderby=lastMessagePreview/createdDateTime%20desc&$top=50',
      ending.signal,
    );
    const chats = arrayAt(answer, 'value').map((chat) => toChat(chat, me.id, env.parseHtml));
    store.dispatch({ type: 'chatsLoaded', chats, watching: !env.isHidden() });
    await Promise.all(chats.filter(hasNewNotice).map((chat) => loadMessages(chat.id)));
  };

  const hasNewNotice = (chat: Chat): boolean => {
    const newest = chat.preview?.id;
    if (!newest || !chat.others.some((other) => other.name === gatewayName)) return false;
    if (noticesRead.get(chat.id) === newest) return false;
    noticesRead.set(chat.id, newest);
    return true;
  };

  const markOpenRead = async (): Promise<void> => {
    const state = store.get();
    const { open } = state;
    if (env.isHidden() || open.kind !== 'chat') return;
    const chat = state.chats?.find((one) => one.id === open.chatId);
    if (!chat?.preview || !isUnread(state, chat)) return;
    store.dispatch({ type: 'read', chatId: chat.id, upTo: chat.preview.at });
    await graph.post(`/chats/${encodeURIComponent(chat.id)}/markChatReadForUser`, { user: { id: me.id } });
  };

  const round = async (): Promise<void> => {
    await presence.keep();
    if (rounds % peopleEvery === 0) await loadPeople();
    const { open } = store.get();
    await Promise.all([
      loadChats(),
      rounds % presencesEvery === 0 ? loadPresences() : undefined,
      open.kind === 'chat' ? loadMessages(open.chatId) : undefined,
    ]);
    rounds += 1;
    await markOpenRead();
    store.dispatch({ type: 'troubled', trouble: undefined });
  };

  const failed = (error: unknown): number => {
    if (isSignInOver(error) && !ending.signal.aborted) {
      ending.abort();
      env.ended(troubleOf(error));
    }
    // A service that was away may have forgotten the session.
    if (!(error instanceof GraphError && error.status === 429)) presence.forget();
    store.dispatch({ type: 'troubled', trouble: troubleOf(error) });
    return error instanceof GraphError ? error.retryAfterMs : 0;
  };

  const poller = startPolling(round, failed, env.isHidden, ending.signal);

  const openAs = (open: Open): void => {
    store.dispatch({ type: 'opened', open });
    if (open.kind === 'chat') loadMessages(open.chatId).then(markOpenRead).catch(failed);
  };

  const createChat = async (draft: Extract<Open, { kind: 'draft' }>): Promise<string> => {
    const member = (person: string): unknown => ({
      '@odata.type': '#microsoft.graph.aadUserConversationMember',
      roles: ['owner'],
      'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${person.replaceAll("'", "''")}')`,
    });
    const created = toChat(
      await graph.post('/chats', {
        chatType: 'oneOnOne',
        members: [member(me.id), member(draft.person.id || draft.person.address)],
      }),
      me.id,
      env.parseHtml,
    );
    const chat: Chat = { ...created, others: [draft.person] };
    store.dispatch({ type: 'chatCreated', draft, chat });
    return chat.id;
  };

  /** One send at a time for each conversation, so that messages stand in the order written. */
  const lanes = new Map<string, Promise<void>>();
  const sendNow = async (open: Open, key: string, text: string): Promise<void> => {
    let at = outgoingKey(open);
    try {
      if (open.kind === 'draft') at = chatWith(store.get(), open.person)?.id ?? (await createChat(open));
      const path = `/chats/${encodeURIComponent(at)}/messages`;
      const wire = await graph.post(path, { body: { contentType: 'text', content: text } });
      store.dispatch({ type: 'sent', at, key, message: toMessage(wire, env.parseHtml) });
      poller.wake();
    } catch (error) {
      store.dispatch({ type: 'notSent', at, key, trouble: troubleOf(error) });
    }
  };
  const enqueue = (open: Open, key: string, text: string): void => {
    const at = outgoingKey(open);
    store.dispatch({ type: 'sending', at, message: { key, text, at: now(), trouble: undefined } });
    const lane = (lanes.get(at) ?? Promise.resolve()).then(() => sendNow(open, key, text));
    lanes.set(at, lane);
    void lane.then(() => lanes.get(at) === lane && lanes.delete(at));
  };

  return {
    store,
    openChat: (chatId) => openAs({ kind: 'chat', chatId }),
    openPerson: (person) => {
      const chat = chatWith(store.get(), person);
      openAs(chat ? { kind: 'chat', chatId: chat.id } : { kind: 'draft', person });
    },
    close: () => openAs({ kind: 'nothing' }),
    send: (text) => enqueue(store.get().open, env.newKey(), text),
    retry: (key) => {
      const { open, outgoing } = store.get();
      const message = outgoing[outgoingKey(open)]?.find((one) => one.key === key);
      if (message) enqueue(open, key, message.text);
    },
    closeToast: (key) => store.dispatch({ type: 'toastClosed', key }),
    choosePresence: async (choice) => {
      await presence.choose(choice);
      await loadPresences();
    },
    setNote: async (text) => {
      await presence.note(text);
      await loadPresences();
    },
    active: () => {
      if (presence.active()) poller.wake();
    },
    wake: (published) => {
      if (!published) {
        presence.forget();
        presence.active();
      }
      poller.wake();
    },
    leave: presence.leave,
    signOut: async () => {
      ending.abort();
      await presence.clear();
    },
    end: () => ending.abort(),
  };
}

function isSignInOver(error: unknown): boolean {
  return error instanceof SignInRefused || (error instanceof GraphError && error.status === 401);
}
