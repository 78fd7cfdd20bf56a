import type { Self } from '../self.ts';

/** High bits tell the states of one endpoint apart, as Microsoft's clients do. */
const bits = { machineState: 0x30000000, userState: 0x20000000 } as const;

export type OwnState = keyof typeof bits;

/** The number of a publication of this endpoint: nobody else's has the same. */
export function instanceOf({ epid }: Pick<Self, 'epid'>, type: OwnState): number {
  return (bits[type] | (Number.parseInt(epid.slice(0, 7), 16) & 0x0fffffff)) >>> 0;
}
