import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openAuthority } from '../../src/sandbox/authority.ts';
import { systemClock } from '../../src/sandbox/clock.ts';
import { apps } from '../../src/sandbox/world.ts';
import { eventually } from '../kit/eventually.ts';
import { TeamsActor } from '../kit/teams-actor.ts';
import type { Fault, Network, Victim } from './faults.ts';
import type { DoorOptions } from './front/door.ts';
import type { FrontOrder, FrontWord } from './front/front.ts';
import type { GatewayOrder, GatewayWord } from './gateway.ts';
import type { GraphReady } from './networks/graph.ts';
import type { PoolName, PoolPorts } from './networks/pools.ts';
import { type Running, run } from './process.ts';

export interface ChaosWorldOptions {
  readonly couples: number;
  readonly deadlineMs: number;
  /** Of the pools: how long invitations ring, and texts wait to be fetched. Real ones have 30 s. */
  readonly patienceMs: number;
}

type Front = Running<Readonly<Record<string, number>>, FrontWord>;

/** Every process of a soak: networks, fronts and the gateway, and what goes wrong with them. */
export class ChaosWorld implements AsyncDisposable {
  readonly #options: ChaosWorldOptions;
  readonly #data = mkdtempSync(join(tmpdir(), 'isthmus-chaos-'));
  readonly #stack = new AsyncDisposableStack();
  #graph: Running<GraphReady, never> | undefined;
  #pools: Running<undefined, never> | undefined;
  #gateway: Running<{ readonly url: string }, GatewayWord> | undefined;
  readonly #fronts = new Map<Network, Front>();
  #ports: Ports | undefined;
  #clockShiftMs = 0;
  #hasStarted = false;
  /** The restart of a victim that is down. */
  readonly #restarts = new Map<Victim, Promise<void>>();
  /** Processes killed so far. */
  kills = 0;
  /** Called when the pools are there again: their clients have to sign in anew. */
  onPoolsBack: () => Promise<void> = async () => undefined;

  private constructor(options: ChaosWorldOptions) {
    this.#options = options;
    this.#stack.defer(() => {
      if (process.env['CHAOS_KEEP']) console.error(`kept: ${this.#data}`);
      else rmSync(this.#data, { recursive: true, force: true });
    });
  }

  static async open(options: ChaosWorldOptions): Promise<ChaosWorld> {
    const world = new ChaosWorld(options);
    try {
      await world.#start();
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
    return world;
  }

  async #start(): Promise<void> {
    const { couples } = this.#options;
    const data = this.#data;
    await openAuthority(data, systemClock);
    this.#ports = await choosePorts();
    const publicUrl = `https://localhost:${this.#ports.fronts.graph}`;
    this.#graph = this.#stack.use(await run<GraphReady>('./networks/graph.ts', { data, couples, publicUrl }));
    await this.#startPools();
    await Promise.all([this.#startFront('teams'), this.#startFront('skype')]);
    await this.#startGateway();
  }

  async #startPools(): Promise<void> {
    const { couples, patienceMs } = this.#options;
    const order = { data: this.#data, couples, patienceMs, ports: this.#known().pools };
    this.#pools = this.#stack.use(await run<undefined>('./networks/pools.ts', order as never));
  }

  async #startFront(network: Network): Promise<void> {
    const authority = await openAuthority(this.#data, systemClock);
    const ports = this.#known();
    const common = { ...(await authority.issueServer()), ca: authority.caPem };
    const doors: Record<string, DoorOptions> =
      network === 'teams'
        ? {
            graph: { ...common, port: ports.fronts.graph, to: portOf(this.#graph?.ready.https ?? '') },
            notifications: { ...common, port: ports.fronts.notifications, to: ports.gateway.https },
          }
        : {
            online: { ...common, port: ports.fronts.online, to: ports.pools.online.https },
            onPrem: { ...common, port: ports.fronts.onPrem, to: ports.pools.onPrem.https },
          };
    const order: FrontOrder = { doors };
    const front: Front = await run('./front/front.ts', order as never);
    this.#fronts.set(network, this.#stack.use(front));
  }

  async #startGateway(): Promise<void> {
    const { couples, deadlineMs } = this.#options;
    const ports = this.#known();
    const at = (port: number): string => `https://localhost:${port}`;
    const order: GatewayOrder = {
      data: this.#data,
      couples,
      deadlineMs,
      ports: ports.gateway,
      graph: at(ports.fronts.graph),
      pools: { online: at(ports.fronts.online), onPrem: at(ports.fronts.onPrem) },
      publicUrl: at(ports.fronts.notifications),
      clockShiftMs: this.#clockShiftMs,
      isFirst: !this.#hasStarted,
    };
    this.#hasStarted = true;
    this.#gateway = this.#stack.use(await run('./gateway.ts', order as never));
    this.#gateway.say({ clockShiftMs: this.#clockShiftMs });
  }

  teams(address: string): TeamsActor {
    const graph = this.#graph?.ready.http ?? '';
    const clientId = apps.find(({ secret }) => secret === undefined)?.clientId ?? '';
    return new TeamsActor({ graph, authority: graph, clientId }, address);
  }

  /** Where an SfB client starts. */
  discovery(pool: PoolName): string {
    return `http://localhost:${this.#known().pools[pool].http}/`;
  }

  async api<T>(path: string): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.#known().gateway.http}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }

  /** Waits until the gateway shows so many people in SfB, so that they can be written to. */
  async ready(people: number, withinMs: number): Promise<void> {
    await eventually(
      `${people} people are shown in SfB`,
      async () => (await this.#shownInSkype()) >= people,
      withinMs,
    );
  }

  async #shownInSkype(): Promise<number> {
    const { people } = await this.api<{
      readonly people: readonly {
        readonly presence: {
          readonly sides: { readonly skype: { readonly ours: { readonly availability: string } } };
        };
      }[];
    }>('/api/people');
    return people.filter(({ presence }) => presence.sides.skype.ours.availability === 'Available').length;
  }

  /** Makes a fault; resolves when its cause is over (not its consequences). */
  async make(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill':
        return this.#kill(fault.what, fault.downMs);
      case 'stop':
        return this.#standStill(fault.what, fault.ms);
      case 'at the front':
        return this.#fronts.get(fault.network)?.say(fault.fault);
      case 'notifications':
        return this.#fronts.get('teams')?.say(fault);
      case 'clock':
        this.#shiftClock(fault.byMs);
        await sleep(fault.ms);
        return this.#shiftClock(-fault.byMs);
      case 'disk full':
        return this.#fillDisk(fault.ms);
    }
  }

  /** No further fault, and everything runs again. */
  async calm(): Promise<void> {
    await Promise.all(this.#restarts.values());
    for (const front of this.#fronts.values()) front.say({ kind: 'forget' });
  }

  async #kill(what: Victim, downMs: number): Promise<void> {
    if (this.#restarts.has(what)) return;
    const victim = this.#process(what);
    this.kills += 1;
    await victim?.kill();
    const restart = sleep(downMs)
      .then(() => this.#restart(what))
      .finally(() => this.#restarts.delete(what));
    this.#restarts.set(what, restart);
    await restart;
  }

  async #restart(what: Victim): Promise<void> {
    switch (what) {
      case 'gateway':
        return this.#startGateway();
      case 'pools':
        await this.#startPools();
        return this.onPoolsBack();
      case 'front of teams':
        return this.#startFront('teams');
      case 'front of skype':
        return this.#startFront('skype');
      case 'graph':
        throw new Error('Graph is never killed');
    }
  }

  #process(what: Victim) {
    switch (what) {
      case 'gateway':
        return this.#gateway;
      case 'pools':
        return this.#pools;
      case 'graph':
        return this.#graph;
      case 'front of teams':
        return this.#fronts.get('teams');
      case 'front of skype':
        return this.#fronts.get('skype');
    }
  }

  async #standStill(what: Victim, ms: number): Promise<void> {
    const victim = this.#process(what);
    victim?.stop();
    await sleep(ms);
    victim?.goOn();
  }

  #shiftClock(byMs: number): void {
    this.#clockShiftMs += byMs;
    this.#gateway?.say({ clockShiftMs: this.#clockShiftMs });
  }

  /**
   * By the limit of what a process may write to a file: every write of the ledger fails. Only Linux lets it be set for a
   * process that runs.
   */
  async #fillDisk(ms: number): Promise<void> {
    const gateway = this.#gateway;
    if (!gateway || gateway.isGone || process.platform !== 'linux') return;
    await limitFiles(gateway.pid, '1');
    await sleep(ms);
    if (!gateway.isGone) await limitFiles(gateway.pid, 'unlimited');
  }

  #known(): Ports {
    if (!this.#ports) throw new Error('the ports have not been chosen');
    return this.#ports;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

async function limitFiles(pid: number, limit: string): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${limit}:`]);
}

interface Ports {
  readonly gateway: { readonly http: number; readonly https: number };
  readonly pools: Readonly<Record<PoolName, PoolPorts>>;
  readonly fronts: Readonly<Record<'graph' | 'notifications' | PoolName, number>>;
}

/** Free now, and kept over restarts: clients find a server again where it was. */
async function choosePorts(): Promise<Ports> {
  const next = await freePorts(10);
  const port = (): number => next.pop() ?? 0;
  return {
    gateway: { http: port(), https: port() },
    pools: { online: { http: port(), https: port() }, onPrem: { http: port(), https: port() } },
    fronts: { graph: port(), notifications: port(), online: port(), onPrem: port() },
  };
}

/** Below those that the system gives to connections going out, so that none takes one while its server is down. */
const firstPort = 12_000;
const lastPort = 32_000;

async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let port = randomInt(firstPort, lastPort - 1_000); found.length < count && port < lastPort; port++)
    if (await isFree(port)) found.push(port);
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const listener = net.createServer();
    listener.once('error', () => resolve(false));
    listener.listen(port, '127.0.0.1', () => listener.close(() => resolve(true)));
  });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
