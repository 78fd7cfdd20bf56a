import type { Side } from '../../src/core/people.ts';
import type { Fault } from './faults.ts';
import { Dice } from './random.ts';

export interface PlanOptions {
  readonly seed: number;
  /** Of writing. */
  readonly seconds: number;
  readonly couples: number;
  /** Messages a second, over all conversations. */
  readonly perSecond: number;
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
  [4, (dice) => ({ kind: 'kill', what: 'gateway', downMs: dice.whole(100, 1500) })],
];

function planFaults({ seconds }: PlanOptions, dice: Dice): readonly PlannedFault[] {
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
    .sort((a, b) => a.at - b.at);
}
