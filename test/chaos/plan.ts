import type { Side } from '../../src/core/people.ts';
import type { Fault, FrontFault } from './faults.ts';
import { Dice } from './random.ts';

export interface PlanOptions {
  readonly seed: number;
  /** Of writing. */
  readonly seconds: number;
  readonly couples: number;
  /** Messages a second, over all conversations. */
  readonly perSecond: number;
  /** Only faults of these kinds; all unless given. */
  readonly only?: readonly string[];
}

export interface PlannedMessage {
  /** From the start of the writing, ms. */
  readonly at: number;
  readonly couple: number;
  /** The side it is brought to. */
  readonly to: Side;
  /** Counts from 1 within couple and direction. */
  readonly number: number;
  readonly text: string;
}

export interface PlannedFault {
  readonly at: number;
  readonly fault: Fault;
}

/** Who writes what when, and what goes wrong when: the same for the same options. */
export interface Plan {
  readonly messages: readonly PlannedMessage[];
  readonly faults: readonly PlannedFault[];
}

export function planOf(options: PlanOptions): Plan {
  return {
    messages: planMessages(options, new Dice(options.seed)),
    faults: planFaults(options, new Dice(options.seed ^ 0x5eed)),
  };
}

const words = [
  'so',
  'the',
  'ledger',
  'keeps',
  'what',
  'was',
  'said',
  '& nothing',
  'is <b>lost</b>',
  'twice',
  '😀',
];

/** Bursts of a few messages in one conversation; a tenth of the conversations have half of them. */
function planMessages(options: PlanOptions, dice: Dice): readonly PlannedMessage[] {
  const count = Math.round(options.seconds * options.perSecond);
  const busy = Math.max(1, Math.floor(options.couples / 10));
  const numbers = new Map<string, number>();
  const messages: PlannedMessage[] = [];
  while (messages.length < count) {
    const couple = dice.whole(0, (dice.next() < 0.5 ? busy : options.couples) - 1);
    const to = dice.pick(['teams', 'skype'] as const);
    let at = dice.within(0, options.seconds * 1000);
    for (let left = Math.min(dice.whole(1, 4), count - messages.length); left > 0; left--) {
      messages.push({ at: Math.round(at), couple, to, number: 0, text: '' });
      at += dice.within(1, 150);
    }
  }
  return messages
    .sort((a, b) => a.at - b.at)
    .map((message) => {
      const direction = `${message.couple} ${message.to}`;
      const number = (numbers.get(direction) ?? 0) + 1;
      numbers.set(direction, number);
      const filler = Array.from({ length: dice.whole(0, 6) }, () => dice.pick(words)).join(' ');
      return { ...message, number, text: `${tokenOf(message.couple, message.to, number)} ${filler}`.trim() };
    });
}

/** Names a message within its text. */
export function tokenOf(couple: number, to: Side, number: number): string {
  return `[${couple} to ${to} ${number}]`;
}

/** The first token in a text that a network shows. */
export function tokenIn(text: string): string | undefined {
  return /\[\d+ to (?:teams|skype) \d+\]/.exec(text)?.[0];
}

/** How often each kind of fault comes in 40 seconds of writing; at least once in any run. */
const perFortySeconds: readonly (readonly [number, (dice: Dice) => Fault])[] = [
  [4, (dice) => ({ kind: 'kill', what: 'gateway', downMs: dice.whole(100, 1_500) })],
  [2, (dice) => ({ kind: 'kill', what: 'pools', downMs: dice.whole(100, 1_500) })],
  [2, (dice) => ({ kind: 'kill', what: 'front of teams', downMs: dice.whole(100, 1_500) })],
  [2, (dice) => ({ kind: 'kill', what: 'front of skype', downMs: dice.whole(100, 1_500) })],
  [
    4,
    (dice) => ({ kind: 'stop', what: dice.pick(['gateway', 'pools', 'graph']), ms: dice.whole(300, 2_500) }),
  ],
  [4, (dice) => atFront(dice, { kind: 'cut', share: dice.pick([0.2, 0.5, 1]) })],
  [3, (dice) => atFront(dice, { kind: 'half-open', ms: dice.whole(1_000, 6_000) })],
  [3, (dice) => atFront(dice, { kind: 'delay', ms: dice.whole(100, 800), forMs: dice.whole(1_000, 3_000) })],
  [8, (dice) => atFront(dice, { ...swallow(dice), of: 'writes' })],
  [4, (dice) => atFront(dice, { ...swallow(dice), of: 'all' })],
  [6, (dice) => atFront(dice, refusal(dice))],
  [4, (dice) => ({ kind: 'notifications', how: 'lost', posts: dice.whole(1, 3) })],
  [6, (dice) => ({ kind: 'notifications', how: 'twice', posts: dice.whole(1, 8) })],
  [4, (dice) => ({ kind: 'notifications', how: 'late', posts: dice.whole(1, 3) })],
  [
    3,
    (dice) => ({
      kind: 'clock',
      byMs: dice.pick([-1, 1]) * dice.whole(2_000, 90_000),
      ms: dice.whole(500, 8_000),
    }),
  ],
  [2, (dice) => ({ kind: 'disk full', ms: dice.whole(300, 3_000) })],
];

type Swallow = Extract<FrontFault, { kind: 'swallow' }>;

function atFront(dice: Dice, fault: FrontFault): Fault {
  return { kind: 'at the front', network: dice.pick(['teams', 'skype']), fault };
}

function swallow(dice: Dice): Pick<Swallow, 'kind' | 'requests' | 'how'> {
  return { kind: 'swallow', requests: dice.whole(1, 4), how: dice.pick(['cut', 502, 504] as const) };
}

function refusal(dice: Dice): FrontFault {
  const status = dice.pick([429, 503] as const);
  return { kind: 'refuse', requests: dice.whole(1, 20), status, retryAfterSeconds: dice.whole(1, 4) };
}

function planFaults({ seconds, only }: PlanOptions, dice: Dice): readonly PlannedFault[] {
  const end = seconds * 1000;
  return perFortySeconds
    .flatMap(([often, make]) => {
      const count = Math.max(1, Math.round((often * seconds) / 40));
      const slot = end / count;
      return Array.from({ length: count }, (_, index) => ({
        at: Math.round(index * slot + dice.within(0.15, 0.85) * slot),
        fault: make(dice),
      }));
    })
    .filter(({ fault }) => only?.includes(kindOf(fault)) ?? true)
    .sort((a, b) => a.at - b.at);
}

/** The names that {@link PlanOptions.only} knows. */
function kindOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.what}`;
    case 'at the front':
      return fault.fault.kind;
    case 'stop':
    case 'notifications':
    case 'clock':
    case 'disk full':
      return fault.kind;
  }
}
