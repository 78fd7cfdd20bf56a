import { FluentProvider, Link, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { lazy, type ReactNode, Suspense } from 'react';
import { type PageName, pageAt } from './routes.ts';
import { ErrorBoundary } from './shared/ErrorBoundary.tsx';
import { pageThemes } from './shared/themes.ts';
import { useTheme } from './shared/useTheme.ts';
import { useTitle } from './shared/useTitle.ts';

const TeamsPage = lazy(() => import('./teams/TeamsPage.tsx').then((m) => ({ default: m.TeamsPage })));
const SkypePage = lazy(() => import('./skype/SkypePage.tsx').then((m) => ({ default: m.SkypePage })));
const ConsolePage = lazy(() => import('./console/ConsolePage.tsx').then((m) => ({ default: m.ConsolePage })));
const SplitPage = lazy(() => import('./split/SplitPage.tsx').then((m) => ({ default: m.SplitPage })));

const useStyles = makeStyles({
  middle: {
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    alignItems: 'center',
    justifyContent: 'center',
  },
});

export function App(): ReactNode {
  const styles = useStyles();
  return (
    <FluentProvider theme={useTheme(pageThemes)}>
      <ErrorBoundary>
        <Suspense
          fallback={
            <div className={styles.middle}>
              <Spinner label="Loading the page" />
            </div>
          }
        >
          <Page name={pageAt(location.pathname)} />
        </Suspense>
      </ErrorBoundary>
    </FluentProvider>
  );
}

const titles: Readonly<Record<PageName, string>> = {
  split: 'Isthmus',
  teams: 'Teams · Isthmus',
  skype: 'Skype for Business · Isthmus',
  console: 'Console · Isthmus',
};

function Page({ name }: { readonly name: PageName | undefined }): ReactNode {
  const styles = useStyles();
  useTitle(name === undefined ? 'Isthmus' : titles[name]);
  switch (name) {
    case 'teams':
      return <TeamsPage />;
    case 'skype':
      return <SkypePage />;
    case 'console':
      return <ConsolePage />;
    case 'split':
      return <SplitPage />;
    case undefined:
      return (
        <main className={styles.middle}>
          <Text size={500}>There is no page at {location.pathname}.</Text>
          <Link href="/">Open the split page</Link>
        </main>
      );
  }
}
