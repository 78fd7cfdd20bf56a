import { makeStyles, SearchBox, Spinner, Tab, TabList, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { ListRow } from '../../shared/ListRow.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { shownInTeams } from '../../shared/presence/inTeams.ts';
import { whenInWords } from '../../shared/time.ts';
import type { TeamsSession } from '../session.ts';
import { lastAt } from '../state/reducer.ts';
import type { TeamsState } from '../state/state.ts';
import { chatWith, findPeople, isUnread, titleOf } from '../state/views.ts';

const useStyles = makeStyles({
  pane: {
    width: 'clamp(216px, 36%, 320px)',
    flexShrink: 0,
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  tabs: { padding: `0 ${tokens.spacingHorizontalXS}` },
  search: { margin: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`, maxWidth: 'none' },
  list: { listStyle: 'none', margin: 0, padding: tokens.spacingHorizontalXS, overflowY: 'auto', flexGrow: 1 },
  empty: { padding: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground2, display: 'block' },
});

interface Props {
  readonly state: TeamsState;
  readonly session: TeamsSession;
}

export function SidePane({ state, session }: Props): ReactNode {
  const styles = useStyles();
  const [tab, setTab] = useState<'chats' | 'people'>('people');
  const unread = state.chats?.filter((chat) => isUnread(state, chat)).length ?? 0;
  return (
    <nav className={styles.pane} aria-label="Chats and people">
      <TabList
        className={styles.tabs}
        size="small"
        selectedValue={tab}
        onTabSelect={(_, data) => setTab(data.value === 'people' ? 'people' : 'chats')}
      >
        <Tab value="people">People</Tab>
        <Tab value="chats">{unread > 0 ? `Chat ${unread}` : 'Chat'}</Tab>
      </TabList>
      {tab === 'chats' ? (
        <ChatList state={state} session={session} />
      ) : (
        <PeopleList state={state} session={session} />
      )}
    </nav>
  );
}

function ChatList({ state, session }: Props): ReactNode {
  const styles = useStyles();
  if (!state.chats) return <Spinner size="small" label="Loading chats" />;
  if (state.chats.length === 0)
    return <Text className={styles.empty}>No chats yet. Choose somebody under People and write.</Text>;
  const now = Date.now();
  return (
    <ul className={styles.list}>
      {state.chats.map((chat) => {
        const other = chat.others[0];
        const mine = chat.preview?.fromId === state.me.id;
        return (
          <ListRow
            key={chat.id}
            picture={
              <PersonAvatar
                name={titleOf(chat)}
                presence={
                  other && chat.others.length === 1 ? shownInTeams(state.presences[other.id]) : undefined
                }
              />
            }
            title={titleOf(chat)}
            second={chat.preview ? `${mine ? 'You: ' : ''}${chat.preview.text}` : 'No messages yet'}
            corner={whenInWords(lastAt(chat), now)}
            unread={isUnread(state, chat)}
            chosen={state.open.kind === 'chat' && state.open.chatId === chat.id}
            onChoose={() => session.openChat(chat.id)}
          />
        );
      })}
    </ul>
  );
}

function PeopleList({ state, session }: Props): ReactNode {
  const styles = useStyles();
  const [query, setQuery] = useState('');
  const found = findPeople(state.people, query);
  const address = query.trim().toLowerCase();
  const isAddress = /^[^@\s]+@[^@\s]+$/.test(address) && !found.some((person) => person.address === address);
  return (
    <>
      <SearchBox
        className={styles.search}
        size="small"
        placeholder="Name or address"
        aria-label="Find people"
        value={query}
        onChange={(_, data) => setQuery(data.value)}
      />
      <ul className={styles.list}>
        {found.map((person) => {
          const presence = state.presences[person.id];
          const shown = shownInTeams(presence);
          const chat = chatWith(state, person);
          const chatOpen = state.open.kind === 'chat' && state.open.chatId === chat?.id;
          return (
            <ListRow
              key={person.id}
              picture={<PersonAvatar name={person.name} presence={shown} />}
              title={person.name}
              second={presence?.note ? `${shown.words} – ${presence.note}` : shown.words}
              unread={chat !== undefined && isUnread(state, chat)}
              chosen={chatOpen || (state.open.kind === 'draft' && state.open.person.id === person.id)}
              onChoose={() => session.openPerson(person)}
            />
          );
        })}
        {isAddress && (
          <ListRow
            picture={<PersonAvatar name={address} />}
            title={address}
            second="Write to this address"
            onChoose={() => session.openPerson({ id: '', name: address, address })}
          />
        )}
        {found.length === 0 && !isAddress && (
          <Text className={styles.empty}>
            {query === ''
              ? 'Loading people'
              : 'Nobody has this name. Write a whole address to reach other organisations.'}
          </Text>
        )}
      </ul>
    </>
  );
}
