import { Link, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { WithSandbox } from '../shared/WithSandbox.tsx';
import { SkypeClient } from '../skype/SkypeClient.tsx';
import { TeamsClient } from '../teams/TeamsClient.tsx';

/** Where one client has to stand below the other. */
const upright = '@media (max-width: 600px)';

const useStyles = makeStyles({
  page: { height: '100%', display: 'flex', flexDirection: 'column' },
  top: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  title: { margin: 0 },
  pages: { display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalM },
  hint: { flexGrow: 1, minWidth: 0 },
  halves: {
    flexGrow: 1,
    minHeight: 0,
    display: 'flex',
    [upright]: { flexDirection: 'column', overflowY: 'auto' },
  },
  half: { flex: '1 1 0', minWidth: 0, [upright]: { minHeight: '340px' } },
  divider: {
    flexShrink: 0,
    width: '4px',
    [upright]: { width: 'auto', height: '4px' },
    backgroundColor: tokens.colorNeutralStroke1,
  },
});

/** Whom each half proposes: two people with both accounts, so that one's message shows on the other side. */
const left = 'alice@contoso.example';
const right = 'bob@contoso.example';

export function SplitPage(): ReactNode {
  const styles = useStyles();
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Text as="h1" weight="semibold" size={300} className={styles.title}>
          Isthmus
        </Text>
        <Text className={styles.hint} size={200}>
          Sign in on both sides. In Teams choose Bob and write; accept on the right, and answer. Then change a
          status.
        </Text>
        <nav className={styles.pages} aria-label="Other pages">
          <Link href="/teams">Teams</Link>
          <Link href="/skype">Skype for Business</Link>
          <Link href="/console">Console</Link>
        </nav>
      </header>
      <WithSandbox>
        {(sandbox) => (
          <div className={styles.halves}>
            <section className={styles.half} aria-label="Teams">
              <TeamsClient sandbox={sandbox} way="password" preselected={left} />
            </section>
            <div className={styles.divider} />
            <section className={styles.half} aria-label="Skype for Business">
              <SkypeClient sandbox={sandbox} preselected={right} />
            </section>
          </div>
        )}
      </WithSandbox>
    </div>
  );
}
