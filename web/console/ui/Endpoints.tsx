import {
  Badge,
  Card,
  makeStyles,
  mergeClasses,
  PresenceBadge,
  Text,
  tokens,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { duration, whenInWords } from '../../shared/time.ts';
import type { Side } from '../model.ts';
import type { Endpoint } from '../presence/model.ts';
import { shownOn } from '../presence/words.ts';
import { sideNames } from '../words.ts';
import { type Fact, Facts } from './Facts.tsx';

const useStyles = makeStyles({
  sides: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(320px, 100%), 1fr))',
    gap: tokens.spacingHorizontalL,
  },
  side: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, minWidth: 0 },
  title: { margin: 0 },
  card: { gap: tokens.spacingVerticalS },
  teams: { borderLeft: '4px solid #5b5fc7' },
  skype: { borderLeft: '4px solid #0078d4' },
  top: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  words: { flexGrow: 1, minWidth: 0 },
  faint: { color: tokens.colorNeutralForeground2 },
  note: {
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    overflowWrap: 'anywhere',
  },
});

interface Props {
  readonly endpoints: readonly Endpoint[];
  readonly now: number;
}

/** What is signed in on each side: the person's own clients, which a network reports as one, and the gateway's endpoint. */
export function Endpoints({ endpoints, now }: Props): ReactNode {
  const styles = useStyles();
  const sides = [...new Set(endpoints.map(({ side }) => side))];
  return (
    <section className={styles.sides} aria-label="Endpoints">
      {sides.map((side) => (
        <div key={side} className={styles.side}>
          <Text as="h3" weight="semibold" size={400} className={styles.title}>
            {sideNames[side]}
          </Text>
          {endpoints
            .filter((endpoint) => endpoint.side === side)
            .map((endpoint) => (
              <EndpointCard key={endpoint.whose} endpoint={endpoint} now={now} />
            ))}
        </div>
      ))}
    </section>
  );
}

function EndpointCard({ endpoint, now }: { readonly endpoint: Endpoint; readonly now: number }): ReactNode {
  const styles = useStyles();
  const { side, whose, presence, note, outOfOffice } = endpoint;
  const shown = presence && shownOn(side, presence);
  return (
    <Card className={mergeClasses(styles.card, styles[side])}>
      <div className={styles.top}>
        <PresenceBadge
          size="large"
          status={shown?.badge ?? 'unknown'}
          outOfOffice={outOfOffice !== undefined}
          aria-hidden
        />
        <Text size={400} weight="semibold" className={styles.words}>
          {shown?.words ?? unknownWords(endpoint)}
        </Text>
        <Badge appearance="tint" color={whose === 'gateway' ? 'brand' : 'informative'}>
          {whose === 'gateway' ? 'Gateway’s endpoint' : 'Own clients'}
        </Badge>
      </div>
      {endpoint.state === 'covered' && (
        <Text size={200} className={styles.faint}>
          What is reported there is what the gateway shows itself.
        </Text>
      )}
      {endpoint.state === 'untold' && (
        <Text size={200} className={styles.faint}>
          Nobody sees it through the gateway, so it is not watched; or the network has not told yet.
        </Text>
      )}
      {note !== '' && <Text className={styles.note}>{note}</Text>}
      {outOfOffice !== undefined && (
        <Text className={styles.note}>Out of office{outOfOffice === '' ? '' : `: ${outOfOffice}`}</Text>
      )}
      <Facts facts={factsOf(endpoint, now)} size={200} />
    </Card>
  );
}

function unknownWords({ state }: Endpoint): string {
  return state === 'covered' ? 'Not told apart' : 'Nothing reported';
}

function factsOf(endpoint: Endpoint, now: number): readonly Fact[] {
  const { whose, state, side, presence, source, reportedAt, lastActiveAt, leaseUntil } = endpoint;
  const isSignedIn = state === 'known' && presence?.availability !== 'Offline';
  const ago = (at: number): string => `${whenInWords(at, now)} (${duration(Math.max(0, now - at))} ago)`;
  if (whose === 'gateway')
    return [
      ['Source', `a copy of ${sideNames[otherThan(side)]}`],
      ...(leaseUntil === undefined
        ? []
        : [['Lease', `until ${whenInWords(leaseUntil, now)}, renewed while the gateway runs`] as const]),
    ];
  return [
    ['Source', source],
    ...(reportedAt === undefined ? [] : [['Reported', ago(reportedAt)] as const]),
    ...(lastActiveAt === undefined ? [] : [['Last active', ago(lastActiveAt)] as const]),
    ...(isSignedIn ? [['Lease', 'held by the person’s own clients'] as const] : []),
  ];
}

function otherThan(side: Side): Side {
  return side === 'teams' ? 'skype' : 'teams';
}
