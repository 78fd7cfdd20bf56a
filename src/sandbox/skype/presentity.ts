import type { Clock } from '../clock.ts';
import type { Account } from './account.ts';
import { aggregate, type ChosenState, type MachineState, offline, type Presence } from './presence.ts';

export type PresencePart = 'presence' | 'note' | 'location' | 'modalities';

/** Told of changes; `address` as it was watched. */
export interface Watcher {
  presentityChanged(address: string, part: PresencePart): void;
}

interface Publication {
  machine: MachineState;
  modalities: readonly string[];
  device: Device;
}

export type Device = 'PC' | 'Mobile' | 'Web' | 'DeskPhone' | 'Unknown';

/** What one person shows, and to whom it is told. A change costs its watchers, and nobody else. */
export class Presentity {
  readonly account: Account;
  readonly #clock: Clock;
  readonly #publications = new Map<string, Publication>();
  readonly #watchers = new Map<Watcher, number>();
  #chosen: ChosenState | undefined;
  #presence: Presence = offline;
  #note = '';
  #location = '';
  #lastActive: number | undefined;

  constructor(account: Account, clock: Clock) {
    this.account = account;
    this.#clock = clock;
  }

  get presence(): Presence {
    return this.#presence;
  }

  get chosen(): ChosenState | undefined {
    return this.#chosen;
  }

  get note(): string {
    return this.#note;
  }

  get location(): string {
    return this.#location;
  }

  /** Unix ms. */
  get lastActive(): number | undefined {
    return this.#lastActive;
  }

  get modalities(): readonly string[] {
    const all = new Set<string>();
    for (const { modalities } of this.#publications.values()) for (const one of modalities) all.add(one);
    return [...all];
  }

  get device(): Device {
    for (const { device, machine } of this.#publications.values()) if (machine === 'active') return device;
    return this.#publications.values().next().value?.device ?? 'Unknown';
  }

  publish(endpointId: string, machine: MachineState, modalities: readonly string[], device: Device): void {
    const before = this.modalities.length;
    this.#publications.set(endpointId, { machine, modalities, device });
    if (machine === 'active') this.#lastActive = this.#clock.now();
    this.#update();
    if (this.modalities.length !== before) this.#tell('modalities');
  }

  /** The person's choice goes with the last endpoint. */
  withdraw(endpointId: string): void {
    if (!this.#publications.delete(endpointId)) return;
    if (this.#publications.size === 0) this.#chosen = undefined;
    this.#update();
    if (this.#publications.size === 0) this.#tell('modalities');
  }

  choose(chosen: ChosenState | undefined): void {
    this.#chosen = chosen;
    this.#update();
  }

  setNote(text: string): void {
    if (text === this.#note) return;
    this.#note = text;
    this.#tell('note');
  }

  setLocation(text: string): void {
    if (text === this.#location) return;
    this.#location = text;
    this.#tell('location');
  }

  watch(watcher: Watcher): Disposable {
    this.#watchers.set(watcher, (this.#watchers.get(watcher) ?? 0) + 1);
    let watching = true;
    return {
      [Symbol.dispose]: () => {
        if (!watching) return;
        watching = false;
        const left = (this.#watchers.get(watcher) ?? 1) - 1;
        if (left > 0) this.#watchers.set(watcher, left);
        else this.#watchers.delete(watcher);
      },
    };
  }

  #update(): void {
    const next = aggregate(
      Array.from(this.#publications.values(), ({ machine }) => machine),
      this.#chosen,
    );
    const { availability, activity } = this.#presence;
    if (next.availability === availability && next.activity === activity) return;
    this.#presence = next;
    this.#tell('presence');
  }

  #tell(part: PresencePart): void {
    for (const watcher of [...this.#watchers.keys()]) watcher.presentityChanged(this.account.address, part);
  }
}
