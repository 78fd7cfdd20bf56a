import { Link, makeStyles, Spinner, Tab, TabList, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { TroubleBar } from '../shared/TroubleBar.tsx';
import { Links } from './ui/Links.tsx';
import { Messages } from './ui/Messages.tsx';
import { People } from './ui/People.tsx';
import { PersonPage } from './ui/PersonPage.tsx';
import { Summary } from './ui/Summary.tsx';
import { TokenCard } from './ui/TokenCard.tsx';
import { TraceDrawer } from './ui/TraceDrawer.tsx';
import { useConsole } from './useConsole.ts';
import { usePersonInAddress } from './usePersonInAddress.ts';

const tabs = ['messages', 'people', 'links'] as const;
type TabName = (typeof tabs)[number];

const useStyles = makeStyles({
  page: {
    height: '100%',
    overflow: 'auto',
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground2,
  },
  top: {
    flexShrink: 0,
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  pages: { display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalM },
  title: { flexGrow: 1, margin: 0 },
  content: { flexGrow: 1, padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}` },
  tabs: { flexShrink: 0, padding: `0 ${tokens.spacingHorizontalS}` },
});

/** For operators: how the networks are linked, who is who, and what happened to each message. */
export function ConsolePage(): ReactNode {
  const styles = useStyles();
  const view = useConsole();
  const [person, openPerson] = usePersonInAddress();
  const [tab, setTab] = useState<TabName>(person === undefined ? 'messages' : 'people');
  const [traced, setTraced] = useState<string | undefined>();
  const { status, messages } = view;
  const choose = (name: unknown): void => {
    setTab(tabs.find((known) => known === name) ?? 'messages');
    if (person !== undefined) openPerson(undefined);
  };
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Text as="h1" weight="semibold" size={400} className={styles.title}>
          Isthmus console
        </Text>
        <nav className={styles.pages} aria-label="Other pages">
          <Link href="/split">Both clients</Link>
          <Link href="/teams">Teams</Link>
          <Link href="/skype">Skype for Business</Link>
        </nav>
      </header>
      {view.trouble && <TroubleBar trouble={view.trouble} intent="warning" />}
      {status && person === undefined && <Summary status={status} />}
      {view.token === 'fine' && (
        <TabList
          className={styles.tabs}
          selectedValue={person === undefined ? tab : 'people'}
          onTabSelect={(_, data) => choose(data.value)}
        >
          <Tab value="messages">Messages</Tab>
          <Tab value="people">People</Tab>
          <Tab value="links">Connections</Tab>
        </TabList>
      )}
      <main className={styles.content}>
        {view.token !== 'fine' ? (
          <TokenCard rejected={view.token === 'rejected'} onToken={view.giveToken} />
        ) : !status || !messages ? (
          <Spinner label="Asking the gateway" />
        ) : person !== undefined ? (
          <PersonPage key={person} id={person} onBack={() => choose('people')} />
        ) : tab === 'messages' ? (
          <Messages messages={messages} onTrace={setTraced} />
        ) : tab === 'people' ? (
          <People onOpen={openPerson} />
        ) : (
          <Links status={status} />
        )}
      </main>
      {traced !== undefined && <TraceDrawer key={traced} id={traced} onClose={() => setTraced(undefined)} />}
    </div>
  );
}
