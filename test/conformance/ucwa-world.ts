import type { ResourceInput } from '../../src/protocols/ucwa/hal.ts';
import { createPools, type EmbeddedPools } from '../../src/sandbox/skype/pools.ts';
import { type Answer, TestClient } from '../../src/sandbox/skype/test-client.ts';
import { ManualClock } from '../kit/manual-clock.ts';

export const alice = 'alice@contoso.example';
export const bob = 'bob@contoso.example';
export const carol = 'carol@contoso.example';

/** Both pools, with events that wait for nothing. */
export function world() {
  const clock = new ManualClock();
  const pools = createPools({ clock, limits: { holds: { low: 0, medium: 0 } } });
  return { clock, pools, [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose]() };
}

/** Keeps every body that the server sent. */
export class RecordingClient extends TestClient {
  readonly bodies: ResourceInput[] = [];

  static of(client: TestClient): RecordingClient {
    return new RecordingClient(client.app, client.token, client.application);
  }

  override async request(...input: Parameters<TestClient['request']>): Promise<Answer> {
    const answer = await super.request(...input);
    this.bodies.push(answer.body);
    return answer;
  }
}

export async function signIn(pools: EmbeddedPools, address: string): Promise<RecordingClient> {
  const pool = pools.onPrem.core.has(address) ? pools.onPrem : pools.online;
  return RecordingClient.of(await TestClient.signIn(pool.ucwa, address));
}
