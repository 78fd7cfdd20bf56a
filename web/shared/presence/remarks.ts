import { duration } from '../time.ts';
import type { ShownPresence } from './badge.ts';

/** What is said beside a presence. */
export interface Remarks {
  /** The status message or personal note; '' for none. */
  readonly note: string;
  /** The automatic reply, which may be ''; undefined unless the person is out of office. */
  readonly outOfOffice: string | undefined;
  /** When the person last used a client, Unix ms; undefined where the network does not tell. */
  readonly lastActiveAt: number | undefined;
}

export const noRemarks: Remarks = { note: '', outOfOffice: undefined, lastActiveAt: undefined };

/** The line under a name: `Away 15 min – Out of office: back on Monday`. Out of office goes before the person's note. */
export function lineOf({ badge, words }: ShownPresence, remarks: Remarks, now: number): string {
  const { note, outOfOffice, lastActiveAt } = remarks;
  const idle = badge === 'away' || badge === 'offline' || words === 'Inactive';
  const awayMs = idle && lastActiveAt !== undefined ? now - lastActiveAt : 0;
  const state = awayMs >= 60_000 ? `${words} ${duration(awayMs)}` : words;
  const said = outOfOffice === undefined ? note : ['Out of office', outOfOffice].filter(Boolean).join(': ');
  return said === '' || said === state ? state : `${state} – ${said}`;
}
