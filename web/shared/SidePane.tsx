import { makeStyles, SearchBox, Tab, TabList, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  pane: {
    flexGrow: 1,
    minWidth: 0,
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

interface SidePaneProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly name: T; readonly words: string; readonly unread?: number }[];
  readonly selected: T;
  readonly onSelect: (name: T) => void;
  readonly children: ReactNode;
}

/** Beside what is open: lists of people and of what was said with them, one at a time. */
export function SidePane<T extends string>(props: SidePaneProps<T>): ReactNode {
  const styles = useStyles();
  return (
    <nav className={styles.pane} aria-label={props.label}>
      <TabList
        className={styles.tabs}
        size="small"
        selectedValue={props.selected}
        onTabSelect={(_, data) => {
          const tab = props.tabs.find(({ name }) => name === data.value);
          if (tab) props.onSelect(tab.name);
        }}
      >
        {props.tabs.map(({ name, words, unread = 0 }) => (
          <Tab key={name} value={name}>
            {unread > 0 ? `${words} ${unread}` : words}
          </Tab>
        ))}
      </TabList>
      {props.children}
    </nav>
  );
}

interface SideSearchProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SideSearch({ label, placeholder, value, onChange }: SideSearchProps): ReactNode {
  const styles = useStyles();
  return (
    <SearchBox
      className={styles.search}
      size="small"
      placeholder={placeholder}
      aria-label={label}
      value={value}
      onChange={(_, data) => onChange(data.value)}
    />
  );
}

export function SideList({ children }: { readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return <ul className={styles.list}>{children}</ul>;
}

/** In the place of a list that has nothing in it. */
export function SideEmpty({ children }: { readonly children: string }): ReactNode {
  const styles = useStyles();
  return <Text className={styles.empty}>{children}</Text>;
}
