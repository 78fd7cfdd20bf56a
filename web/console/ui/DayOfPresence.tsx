import { Card, makeStyles, Text, ToggleButton, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import type { BadgeStatus } from '../../shared/presence/badge.ts';
import { duration, whenInWords } from '../../shared/time.ts';
import type { Side } from '../model.ts';
import type { Step } from '../presence/model.ts';
import { fittingSpan, type Segment, type Span, segmentsOf, spans, ticks } from '../presence/timeline.ts';
import { shownOn } from '../presence/words.ts';
import { sideNames } from '../words.ts';

const colors: Readonly<Record<BadgeStatus, string>> = {
  available: tokens.colorPaletteLightGreenForeground3,
  busy: tokens.colorPaletteRedBackground3,
  'do-not-disturb': tokens.colorPaletteDarkRedBorderActive,
  away: tokens.colorPaletteMarigoldBackground3,
  'out-of-office': tokens.colorPaletteBerryForeground3,
  offline: tokens.colorNeutralStroke1,
  unknown: 'transparent',
};

const useStyles = makeStyles({
  card: { gap: tokens.spacingVerticalM },
  top: { display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  title: { margin: 0, flexGrow: 1 },
  lanes: {
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalS,
  },
  lane: {
    position: 'relative',
    height: '20px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    overflow: 'hidden',
  },
  // The colour is what it says: forced colours would leave nothing of it.
  segment: { position: 'absolute', top: 0, bottom: 0, minWidth: '2px', forcedColorAdjust: 'none' },
  axis: { gridColumn: 2, position: 'relative', height: '16px', color: tokens.colorNeutralForeground2 },
  tick: { position: 'absolute', transform: 'translateX(-50%)', whiteSpace: 'nowrap' },
  legend: { display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalM },
  entry: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  swatch: {
    width: '10px',
    height: '10px',
    borderRadius: tokens.borderRadiusSmall,
    forcedColorAdjust: 'none',
  },
  faint: { color: tokens.colorNeutralForeground2 },
});

const legend: readonly (readonly [BadgeStatus, string])[] = [
  ['available', 'Available'],
  ['busy', 'Busy'],
  ['do-not-disturb', 'Do not disturb'],
  ['away', 'Away'],
  ['out-of-office', 'Out of office'],
  ['offline', 'Offline'],
];

interface Props {
  readonly history: readonly Step[];
  readonly sides: readonly Side[];
  readonly now: number;
}

/** What each side reported lately, as stripes. */
export function DayOfPresence({ history, sides, now }: Props): ReactNode {
  const styles = useStyles();
  const [chosen, choose] = useState<Span | undefined>();
  const span = chosen ?? fittingSpan(history, now);
  const from = now - span.ms;
  const at = (time: number): string => `${(100 * (time - from)) / span.ms}%`;
  return (
    <Card className={styles.card}>
      <div className={styles.top}>
        <Text as="h3" weight="semibold" size={400} className={styles.title}>
          Last {span.words}
        </Text>
        {spans.map((each) => (
          <ToggleButton
            key={each.ms}
            size="small"
            appearance="subtle"
            checked={each === span}
            onClick={() => choose(each)}
          >
            {each.words}
          </ToggleButton>
        ))}
      </div>
      <div className={styles.lanes}>
        {sides.map((side) => (
          <Lane key={side} side={side} segments={segmentsOf(history, side, from, now)} at={at} now={now} />
        ))}
        <div className={styles.axis} aria-hidden>
          {ticks(from, now, span.tickMs).map((time) => (
            <Text key={time} size={100} className={styles.tick} style={{ left: at(time) }}>
              {whenInWords(time, time)}
            </Text>
          ))}
        </div>
      </div>
      <div className={styles.legend} aria-hidden>
        {legend.map(([badge, words]) => (
          <span key={badge} className={styles.entry}>
            <span className={styles.swatch} style={{ backgroundColor: colors[badge] }} />
            <Text size={200} className={styles.faint}>
              {words}
            </Text>
          </span>
        ))}
      </div>
    </Card>
  );
}

interface LaneProps {
  readonly side: Side;
  readonly segments: readonly Segment[];
  readonly at: (time: number) => string;
  readonly now: number;
}

function Lane({ side, segments, at, now }: LaneProps): ReactNode {
  const styles = useStyles();
  const words = (segment: Segment): string => {
    const { from, to, presence } = segment;
    const until = to === now ? 'now' : whenInWords(to, now);
    return `${shownOn(side, presence).words}, ${whenInWords(from, now)} to ${until} (${duration(to - from)})`;
  };
  return (
    <>
      <Text size={200}>{sideNames[side]}</Text>
      <div
        className={styles.lane}
        role="img"
        aria-label={`${sideNames[side]}: ${segments.map(words).join('; ') || 'nothing reported'}`}
      >
        {segments.map((segment) => (
          <span
            key={segment.from}
            className={styles.segment}
            title={words(segment)}
            style={{
              left: at(segment.from),
              right: `calc(100% - ${at(segment.to)})`,
              backgroundColor: colors[shownOn(side, segment.presence).badge],
            }}
          />
        ))}
      </div>
    </>
  );
}
