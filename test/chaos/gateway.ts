import type { Config } from '../../src/cli/config/config.ts';
import { openGateway } from '../../src/cli/gateway.ts';
import { gatewayConfig, linkPeopleIn } from '../kit/gateway-config.ts';
import { shiftClock } from './clock-shift.ts';
import { crowd } from './crowd.ts';
import { runChild } from './process.ts';

export interface GatewayOrder {
  readonly data: string;
  readonly couples: number;
  readonly ports: { readonly http: number; readonly https: number };
  /** Base addresses of the fronts. */
  readonly graph: string;
  readonly pools: { readonly online: string; readonly onPrem: string };
  readonly publicUrl: string;
  readonly deadlineMs: number;
  /** By how much its wall clock is wrong, ms. */
  readonly clockShiftMs: number;
  /** The accounts have not been linked yet. */
  readonly isFirst: boolean;
}

export type GatewayWord = { readonly clockShiftMs: number };

/** The product as it is, from its composition root on; only its configuration is made here. */
runChild<GatewayOrder, { readonly url: string }, GatewayWord>(async (order) => {
  shiftClock(order.clockShiftMs);
  if (order.isFirst) await linkPeopleIn(order.data, linkedOf(order));
  const gateway = await openGateway(await configOf(order), undefined);
  return {
    ready: { url: gateway.url },
    hear: ({ clockShiftMs }) => shiftClock(clockShiftMs),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
});

/** The addresses of those who have linked their accounts. */
function linkedOf({ couples }: GatewayOrder): readonly string[] {
  return crowd(couples).couples.flatMap(({ inTeams, inSkype, inSkypeIsLinked }) =>
    inSkypeIsLinked ? [inTeams.address, inSkype.address] : [inTeams.address],
  );
}

function configOf({ couples, deadlineMs, ...at }: GatewayOrder): Promise<Config> {
  return gatewayConfig({
    ...at,
    everybody: crowd(couples).everybody,
    sections: {
      log: { level: process.env['CHAOS_LOG'] ?? 'silent' },
      delivery: { deadlineMs, readBackMs: 5_000 },
    },
  });
}
