import { makeStyles, SearchBox, Spinner, Tab, TabList, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useEffect, useState } from 'react';
import { ListRow } from '../../shared/ListRow.tsx';
import { PersonAvatar } from '../../shared/PersonAvatar.tsx';
import { preview } from '../../shared/richText/tree.ts';
import { whenInWords } from '../../shared/time.ts';
import type { SkypeSession } from '../session.ts';
import { type Contact, type SkypeState, sipOf } from '../state/state.ts';
import { contactsFor, windowsByTime } from '../state/views.ts';

const useStyles = makeStyles({
  pane: {
    width: 'clamp(216px, 36%, 320px)',
    flexShrink: 0,
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  tabs: { padding: `0 ${tokens.spacingHorizontalXS}` },
  search: { margin: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`, maxWidth: 'none' },
  list: { listStyle: 'none', margin: 0, padding: tokens.spacingHorizontalXS, overflowY: 'auto', flexGrow: 1 },
  empty: { padding: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground2, display: 'block' },
});

interface Props {
  readonly state: SkypeState;
  readonly session: SkypeSession;
}

export function ContactPane({ state, session }: Props): ReactNode {
  const styles = useStyles();
  const [tab, setTab] = useState<'contacts' | 'conversations'>('contacts');
  const unread = Object.values(state.windows).filter((window) => window.unread).length;
  return (
    <nav className={styles.pane} aria-label="Contacts and conversations">
      <TabList
        className={styles.tabs}
        size="small"
        selectedValue={tab}
        onTabSelect={(_, data) => setTab(data.value === 'conversations' ? 'conversations' : 'contacts')}
      >
        <Tab value="contacts">Contacts</Tab>
        <Tab value="conversations">{unread > 0 ? `Conversations ${unread}` : 'Conversations'}</Tab>
      </TabList>
      {tab === 'contacts' ? (
        <Contacts state={state} session={session} />
      ) : (
        <ConversationList state={state} session={session} />
      )}
    </nav>
  );
}

function Contacts({ state, session }: Props): ReactNode {
  const styles = useStyles();
  const [query, setQuery] = useState('');
  const found = useSearch(session, query.trim());
  if (!state.contacts) return <Spinner size="small" label="Loading contacts" />;
  const shown = contactsFor(state, query, found);
  const address = query.trim();
  const isAddress = /^[^@\s]+@[^@\s]+$/.test(address) && !shown.some((one) => one.uri === sipOf(address));
  return (
    <>
      <SearchBox
        className={styles.search}
        size="small"
        placeholder="Find someone"
        aria-label="Find someone"
        value={query}
        onChange={(_, data) => setQuery(data.value)}
      />
      <ul className={styles.list}>
        {shown.map((contact) => {
          const words = contact.presence?.words ?? contact.uri.replace(/^sip:/, '');
          return (
            <ListRow
              key={contact.uri}
              picture={<PersonAvatar name={contact.name} presence={contact.presence} shape="square" />}
              title={contact.name}
              second={contact.note ? `${words} – ${contact.note}` : words}
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
          <Text className={styles.empty}>
            {query === '' ? 'No contacts yet. Find somebody by name or address.' : 'Nobody was found.'}
          </Text>
        )}
      </ul>
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
  const styles = useStyles();
  const windows = windowsByTime(state);
  if (windows.length === 0)
    return <Text className={styles.empty}>No conversations since you signed in.</Text>;
  const now = Date.now();
  return (
    <ul className={styles.list}>
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
    </ul>
  );
}
