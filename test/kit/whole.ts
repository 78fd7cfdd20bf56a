import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningGateway } from '../../src/cli/gateway.ts';
import { type ServerAddresses, sandboxAnswer } from '../../src/cli/sandbox-config.ts';
import { openSandboxServers, type SandboxServers } from '../../src/cli/sandbox-servers.ts';
import { people } from '../../src/sandbox/world.ts';
import { eventually } from './eventually.ts';
import { openGatewayAt } from './gateway-at.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { SkypeActor } from './skype-actor.ts';
import { TeamsActor } from './teams-actor.ts';

/** What a gateway says of a message, as the operators' API shows it. */
export interface SeenTrace {
  readonly id: string;
  readonly state: string;
  readonly end?: { readonly kind: string; readonly refusal?: { readonly id: string }; readonly as?: string };
}

/**
 * The whole product: embedded servers and a gateway on ports of their own, joined by the network alone, and people at
 * clients. What is opened through it is closed with it.
 */
export class Whole implements AsyncDisposable {
  readonly servers: SandboxServers;
  readonly #data: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #skype: SkypeActor[] = [];
  #gateway: RunningGateway | GatewayProcess | undefined;
  /** Those of the first start, so that the networks find the gateway again after a restart. */
  #ports = { http: '0', https: '0' };

  private constructor(data: string, servers: SandboxServers, settings: Readonly<Record<string, string>>) {
    this.#data = data;
    this.servers = servers;
    this.#settings = settings;
  }

  /** `settings` are those of the environment (`ISTHMUS_DELIVERY_DEADLINE_MS`). */
  static async open(
    settings: Readonly<Record<string, string>> = {},
    where: 'here' | 'inProcess' = 'here',
  ): Promise<Whole> {
    const data = mkdtempSync(join(tmpdir(), 'isthmus-whole-'));
    const ports = { graph: 0, online: 0, onPrem: 0, onlineSip: 0, onPremSip: 0 };
    const servers = await openSandboxServers({ data, ports });
    const whole = new Whole(data, servers, settings);
    try {
      await whole.startGateway(where);
    } catch (error) {
      await whole[Symbol.asyncDispose]();
      throw error;
    }
    return whole;
  }

  /** `inProcess`: of its own, so that {@link killGateway} can end it. */
  async startGateway(where: 'here' | 'inProcess' = 'here'): Promise<void> {
    const settings = {
      ISTHMUS_LISTEN_PORT: this.#ports.http,
      ISTHMUS_LISTEN_TLS_PORT: this.#ports.https,
      ISTHMUS_LOG_LEVEL: 'silent',
      ISTHMUS_PRESENCE_PACE_MS: '0',
      ...this.#settings,
    };
    const at = { data: this.#data, addresses: this.servers.addresses, settings };
    this.#gateway = where === 'here' ? await openGatewayAt(at) : await startGatewayProcess(at);
    this.#ports = { http: new URL(this.#gateway.url).port, https: new URL(this.#gateway.publicUrl).port };
  }

  /** Without a warning, as a power cut does. */
  async killGateway(): Promise<void> {
    if (!this.#gateway || !('kill' in this.#gateway))
      throw new Error('no gateway runs in a process of its own');
    await this.#gateway.kill();
    this.#gateway = undefined;
  }

  async stopGateway(): Promise<void> {
    await this.#gateway?.[Symbol.asyncDispose]();
    this.#gateway = undefined;
  }

  get addresses(): ServerAddresses {
    return this.servers.addresses;
  }

  get url(): string {
    if (!this.#gateway) throw new Error('no gateway is running');
    return this.#gateway.url;
  }

  teams(name: string): TeamsActor {
    const { graph, authority, clientId } = sandboxAnswer(this.addresses);
    return new TeamsActor({ graph, authority, clientId }, addressOf(name));
  }

  /** Not signed in yet. */
  skype(name: string): SkypeActor {
    const person = people.find(({ address }) => address === addressOf(name));
    const pool = person?.home === 'onPrem' ? this.addresses.pools.onPrem : this.addresses.pools.online;
    const actor = new SkypeActor(`${pool.http}/`, addressOf(name));
    this.#skype.push(actor);
    return actor;
  }

  async api<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Waits for the final state of the message that a network knows by this id. */
  ended(id: string, withinMs?: number): Promise<SeenTrace> {
    return eventually(
      `an end of message ${id}`,
      async () => {
        const answer = await fetch(`${this.url}/api/messages/${encodeURIComponent(id)}`);
        if (!answer.ok) return undefined;
        const trace = (await answer.json()) as SeenTrace;
        return trace.state === 'under way' ? undefined : trace;
      },
      withinMs,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#skype.map((actor) => actor.close()));
    await this.stopGateway();
    await this.servers[Symbol.asyncDispose]();
    rmSync(this.#data, { recursive: true, force: true });
  }
}

/** `alice` is `alice@contoso.example`. */
export function addressOf(name: string): string {
  return name.includes('@') ? name : `${name}@contoso.example`;
}
