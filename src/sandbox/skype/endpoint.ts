import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Format, Invitation, Leg, LegSink } from './leg.ts';
import { type ChosenState, type MachineState, machineStateAfter } from './presence.ts';
import type { PresencePart, Presentity, Watcher } from './presentity.ts';
import type { Device } from './view.ts';

/** Through which an endpoint's door is told of things. */
export interface EndpointDoor {
  /** Something the person shows has changed, here or at another endpoint. */
  selfChanged(part: PresencePart): void;
  watchedChanged(address: string, part: PresencePart): void;
  contactsChanged(change: ContactsChange): void;
  /** A call rings here. The answer is told through the leg; undefined means that no further call can be taken. */
  invited(invitation: Invitation, leg: Leg): LegSink | undefined;
}

export type ContactsChange =
  | { readonly kind: 'group'; readonly id: string; readonly change: 'added' | 'updated' | 'deleted' }
  | {
      readonly kind: 'contact';
      readonly address: string;
      readonly groupId: string;
      readonly change: 'added' | 'deleted';
    };

export interface Capabilities {
  /** `Messaging` makes it ring. */
  readonly modalities: readonly string[];
  readonly formats: readonly Format[];
  readonly device: Device;
}

/** After how long without its human an endpoint counts as inactive, and how long after that as away. */
export interface IdleTimes {
  readonly inactiveAfterMs: number;
  readonly awayAfterMs: number;
}

/** Node's timers take no more than about 24 days, and run at once beyond; one that runs early is set again. */
const longestTimerMs = 20 * 24 * 60 * 60_000;

/**
 * One signed-in client of a person. Nothing rings there until its capabilities are known, and it is seen by nobody
 * until its state is: told by itself ({@link Endpoint.report}), or found out by the clock ({@link Endpoint.publish}).
 */
export class Endpoint implements Watcher, Disposable {
  readonly id = randomUUID();
  readonly presentity: Presentity;
  readonly door: EndpointDoor;
  readonly #clock: Clock;
  readonly #onClose: (endpoint: Endpoint) => void;
  readonly #ownWatcher: Watcher;
  #capabilities: Capabilities | undefined;
  #idleTimes: IdleTimes | undefined;
  #lastActivity = 0;
  #machine: MachineState | undefined;
  #idleTimer: Disposable | undefined;
  #closed = false;

  constructor(
    presentity: Presentity,
    door: EndpointDoor,
    clock: Clock,
    onClose: (endpoint: Endpoint) => void,
  ) {
    this.presentity = presentity;
    this.door = door;
    this.#clock = clock;
    this.#onClose = onClose;
    this.#ownWatcher = {
      viewer: this.address,
      presentityChanged: (_address, part) => door.selfChanged(part),
    };
    presentity.watch(this.#ownWatcher);
  }

  get address(): string {
    return this.presentity.account.address;
  }

  get viewer(): string {
    return this.address;
  }

  get capabilities(): Capabilities | undefined {
    return this.#capabilities;
  }

  get takesMessages(): boolean {
    return this.#capabilities?.modalities.includes('Messaging') ?? false;
  }

  /** It rings here from now on. */
  register(capabilities: Capabilities): void {
    if (!this.#closed) this.#capabilities = capabilities;
  }

  /** The client's own word on its human; `undefined`: it is not to be seen. */
  report(machine: MachineState | undefined): void {
    if (this.#closed || !this.#capabilities) return;
    this.#machine = machine;
    if (machine === undefined) this.presentity.withdraw(this.id);
    else this.#show(machine);
  }

  /** It rings here, and is seen as active until the clock says otherwise. */
  publish(capabilities: Capabilities, times: IdleTimes, chosen: ChosenState | undefined): void {
    if (this.#closed) return;
    this.#capabilities = capabilities;
    this.#idleTimes = times;
    this.#lastActivity = this.#clock.now();
    this.#machine = 'active';
    this.#show('active');
    if (chosen) this.presentity.choose(chosen);
    this.#armIdle();
  }

  setFormats(formats: readonly Format[]): void {
    if (this.#capabilities) this.#capabilities = { ...this.#capabilities, formats };
  }

  /** The human was seen. */
  reportActivity(): void {
    if (!this.#idleTimes) return;
    this.#lastActivity = this.#clock.now();
    if (this.#machine === 'active') return;
    this.#machine = 'active';
    this.#show('active');
    this.#armIdle();
  }

  choose(chosen: ChosenState | undefined): void {
    this.reportActivity();
    this.presentity.choose(chosen);
  }

  presentityChanged(address: string, part: PresencePart): void {
    this.door.watchedChanged(address, part);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#idleTimer?.[Symbol.dispose]();
    this.presentity.unwatch(this.#ownWatcher);
    this.#capabilities = undefined;
    this.#onClose(this);
    this.presentity.withdraw(this.id);
  }

  #show(machine: MachineState): void {
    if (!this.#capabilities) return;
    const { modalities, device } = this.#capabilities;
    this.presentity.publish(this.id, machine, modalities, device);
  }

  #armIdle(): void {
    this.#idleTimer?.[Symbol.dispose]();
    if (this.#closed || !this.#idleTimes) return;
    const { inactiveAfterMs, awayAfterMs } = this.#idleTimes;
    const idle = this.#clock.now() - this.#lastActivity;
    const { state, nextInMs } = machineStateAfter(idle, inactiveAfterMs, awayAfterMs);
    if (state !== this.#machine) {
      this.#machine = state;
      this.#show(state);
    }
    this.#idleTimer =
      nextInMs === undefined
        ? undefined
        : this.#clock.setTimer(Math.min(nextInMs, longestTimerMs), () => this.#armIdle());
  }
}
