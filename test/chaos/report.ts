import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './judge.ts';

/** What a soak came to. */
export interface SoakResult {
  readonly seed: number;
  readonly seconds: number;
  readonly conversations: number;
  readonly verdict: Verdict;
  /** Processes that were killed. */
  readonly kills: number;
  /** Faults of every kind, kills among them. */
  readonly faults: number;
  /** From the end of the writing until everything had ended, ms. */
  readonly drainedMs: number;
}

/** The figures that decide, and what they are about. */
export interface Figures {
  readonly messages: number;
  readonly kills: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly stuck: number;
  readonly wronglyReported: number;
}

const findings = ['lost', 'doubled', 'outOfOrder', 'stuck', 'wronglyReported'] as const;

/** Over all runs. */
export function figuresOf(results: readonly SoakResult[]): Figures {
  const sum = (of: (result: SoakResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    messages: sum(({ verdict }) => verdict.counts.written),
    kills: sum(({ kills }) => kills),
    lost: sum(({ verdict }) => verdict.lost.length),
    doubled: sum(({ verdict }) => verdict.doubled.length),
    outOfOrder: sum(({ verdict }) => verdict.outOfOrder.length),
    stuck: sum(({ verdict }) => verdict.stuck.length),
    wronglyReported: sum(({ verdict }) => verdict.wronglyReported.length),
  };
}

export function isClean(figures: Figures): boolean {
  return findings.every((name) => figures[name] === 0);
}

const columns: readonly (readonly [string, (result: SoakResult) => number])[] = [
  ['seed', ({ seed }) => seed],
  ['seconds', ({ seconds }) => seconds],
  ['conversations', ({ conversations }) => conversations],
  ['messages', ({ verdict }) => verdict.counts.written],
  ['faults', ({ faults }) => faults],
  ['kills', ({ kills }) => kills],
  ['lost', ({ verdict }) => verdict.lost.length],
  ['doubled', ({ verdict }) => verdict.doubled.length],
  ['out of order', ({ verdict }) => verdict.outOfOrder.length],
  ['stuck', ({ verdict }) => verdict.stuck.length],
  ['wrongly reported', ({ verdict }) => verdict.wronglyReported.length],
  ['shown', ({ verdict }) => verdict.counts.shown],
  ['shown late, with its time', ({ verdict }) => verdict.counts.shownLate],
  ['of those behind a newer one', ({ verdict }) => verdict.counts.shownBehind],
  ['told: failed', ({ verdict }) => verdict.counts.toldFailed],
  ['told: uncertain', ({ verdict }) => verdict.counts.toldUncertain],
  ['told again', ({ verdict }) => verdict.counts.toldAgain],
  ['not accepted', ({ verdict }) => verdict.counts.notAccepted],
  ['of those shown', ({ verdict }) => verdict.counts.notAcceptedButShown],
  ['drained, s', ({ drainedMs }) => Math.round(drainedMs / 1000)],
];

/** A row for each figure and a column for each run, as Markdown. */
export function tableOf(results: readonly SoakResult[]): string {
  const rows = columns.map(([name, of]) => [name, ...results.map((result) => String(of(result)))]);
  const widths = Array.from({ length: results.length + 1 }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const [head = [], ...others] = rows;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...others.map(line)].join('\n');
}

/** The messages behind each finding. */
export function proofOf({ seed, verdict }: SoakResult): readonly string[] {
  return findings
    .filter((name) => verdict[name].length > 0)
    .map((name) => `seed ${seed}, ${name}: ${verdict[name].join(', ')}`);
}

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const [begin, end] = ['<!-- chaos: begin -->', '<!-- chaos: end -->'];

/** Puts the table where the documentation has a place for it. */
export function writeDocs(results: readonly SoakResult[]): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for the table`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n${tableOf(results)}\n${text.slice(to)}`);
}
