import { Spinner } from '@fluentui/react-components';
import { type ReactNode, useEffect, useState } from 'react';
import { ListRow } from '../../shared/ListRow.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { preview } from '../../shared/richText/tree.ts';
import { SideEmpty, SideList, SidePane, SideSearch } from '../../shared/SidePane.tsx';
import { whenInWords } from '../../shared/time.ts';
import type { SkypeSession } from '../session.ts';
import { type Contact, type SkypeState, sipOf } from '../state/state.ts';
import { contactsFor, secondLine, windowsByTime } from '../state/views.ts';

interface Props {
  readonly state: SkypeState;
  readonly session: SkypeSession;
}

export function ContactPane({ state, session }: Props): ReactNode {
  const [tab, setTab] = useState<'contacts' | 'conversations'>('contacts');
  const unread = Object.values(state.windows).filter((window) => window.unread).length;
  return (
    <SidePane
      label="Contacts and conversations"
      tabs={[
        { name: 'contacts', words: 'Contacts' },
        { name: 'conversations', words: 'Conversations', unread },
      ]}
      selected={tab}
      onSelect={setTab}
    >
      {tab === 'contacts' ? (
        <Contacts state={state} session={session} />
      ) : (
        <ConversationList state={state} session={session} />
      )}
    </SidePane>
  );
}

function Contacts({ state, session }: Props): ReactNode {
  const [query, setQuery] = useState('');
  const found = useSearch(session, query.trim());
  if (!state.contacts) return <Spinner size="small" label="Loading contacts" />;
  const shown = contactsFor(state, query, found);
  const address = query.trim();
  const isAddress = /^[^@\s]+@[^@\s]+$/.test(address) && !shown.some((one) => one.uri === sipOf(address));
  return (
    <>
      <SideSearch label="Find someone" placeholder="Find someone" value={query} onChange={setQuery} />
      <SideList>
        {shown.map((contact) => {
          return (
            <ListRow
              key={contact.uri}
              picture={
                <PersonAvatar
                  name={contact.name}
                  presence={contact.presence}
                  outOfOffice={contact.remarks.outOfOffice !== undefined}
                  shape="square"
                />
              }
              title={contact.name}
              second={secondLine(contact, Date.now())}
              unread={state.windows[contact.uri]?.unread ?? false}
              chosen={state.open === contact.uri}
              onChoose={() => session.open(contact.uri, contact.name)}
            />
          );
        })}
        {isAddress && (
          <ListRow
            picture={<PersonAvatar name={address} shape="square" />}
            title={address}
            second="Write to this address"
            onChoose={() => session.open(sipOf(address), address)}
          />
        )}
        {shown.length === 0 && !isAddress && (
          <SideEmpty>
            {query === '' ? 'No contacts yet. Find somebody by name or address.' : 'Nobody was found.'}
          </SideEmpty>
        )}
      </SideList>
    </>
  );
}

/** Asks the pool's directory, once the typing has paused. */
function useSearch(session: SkypeSession, query: string): readonly Contact[] {
  const [found, setFound] = useState<readonly Contact[]>([]);
  useEffect(() => {
    let over = false;
    const timer = setTimeout(() => {
      const search = query.length < 2 ? Promise.resolve([]) : session.search(query);
      search.then(
        (contacts) => over || setFound(contacts),
        () => over || setFound([]),
      );
    }, 300);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [session, query]);
  return found;
}

function ConversationList({ state, session }: Props): ReactNode {
  const windows = windowsByTime(state);
  if (windows.length === 0) return <SideEmpty>No conversations since you signed in.</SideEmpty>;
  const now = Date.now();
  return (
    <SideList>
      {windows.map((window) => {
        const last = window.lines.at(-1);
        return (
          <ListRow
            key={window.id}
            picture={
              <PersonAvatar
                name={window.name}
                presence={state.contacts?.find((contact) => contact.uri === window.peer)?.presence}
                shape="square"
              />
            }
            title={window.name}
            second={last ? preview(last.content) : ''}
            corner={last ? whenInWords(last.at, now) : ''}
            unread={window.unread}
            chosen={state.open === window.id}
            onChoose={() => session.open(window.id, window.name)}
          />
        );
      })}
    </SideList>
  );
}
