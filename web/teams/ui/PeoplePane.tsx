import { Spinner } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { ListRow } from '../../shared/ListRow.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { shownInTeams } from '../../shared/presence/inTeams.ts';
import { lineOf } from '../../shared/presence/remarks.ts';
import { SideEmpty, SideList, SidePane, SideSearch } from '../../shared/SidePane.tsx';
import { whenInWords } from '../../shared/time.ts';
import type { TeamsSession } from '../session.ts';
import { lastAt } from '../state/reducer.ts';
import type { TeamsState } from '../state/state.ts';
import { chatWith, findPeople, isUnread, titleOf } from '../state/views.ts';

interface Props {
  readonly state: TeamsState;
  readonly session: TeamsSession;
}

export function PeoplePane({ state, session }: Props): ReactNode {
  const [tab, setTab] = useState<'chats' | 'people'>('people');
  const unread = state.chats?.filter((chat) => isUnread(state, chat)).length ?? 0;
  return (
    <SidePane
      label="Chats and people"
      tabs={[
        { name: 'people', words: 'People' },
        { name: 'chats', words: 'Chat', unread },
      ]}
      selected={tab}
      onSelect={setTab}
    >
      {tab === 'chats' ? (
        <ChatList state={state} session={session} />
      ) : (
        <PeopleList state={state} session={session} />
      )}
    </SidePane>
  );
}

function ChatList({ state, session }: Props): ReactNode {
  if (!state.chats) return <Spinner size="small" label="Loading chats" />;
  if (state.chats.length === 0)
    return <SideEmpty>No chats yet. Choose somebody under People and write.</SideEmpty>;
  const now = Date.now();
  return (
    <SideList>
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
    </SideList>
  );
}

function PeopleList({ state, session }: Props): ReactNode {
  const [query, setQuery] = useState('');
  const found = findPeople(state.people, query);
  const address = query.trim().toLowerCase();
  const isAddress = /^[^@\s]+@[^@\s]+$/.test(address) && !found.some((person) => person.address === address);
  return (
    <>
      <SideSearch label="Find people" placeholder="Name or address" value={query} onChange={setQuery} />
      <SideList>
        {found.map((person) => {
          const presence = state.presences[person.id];
          const shown = shownInTeams(presence);
          const chat = chatWith(state, person);
          const chatOpen = state.open.kind === 'chat' && state.open.chatId === chat?.id;
          return (
            <ListRow
              key={person.id}
              picture={
                <PersonAvatar
                  name={person.name}
                  presence={shown}
                  outOfOffice={presence?.outOfOffice !== undefined}
                />
              }
              title={person.name}
              second={presence ? lineOf(shown, presence, Date.now()) : shown.words}
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
          <SideEmpty>
            {query === ''
              ? 'Loading people'
              : 'Nobody has this name. Write a whole address to reach other organisations.'}
          </SideEmpty>
        )}
      </SideList>
    </>
  );
}
