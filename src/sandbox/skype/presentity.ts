import type { Clock } from '../clock.ts';
import type { Account } from './account.ts';
import { aggregate, type ChosenState, type MachineState, offline, type Presence } from './presence.ts';
import { defaultPrivacy, type Privacy, type Relationship, relationshipOf } from './privacy.ts';
import { type Device, type Notes, noteToAll, type View, viewFor } from './view.ts';

export type PresencePart = 'presence' | 'note' | 'location' | 'modalities';

/** Told of changes in what it may see; `address` as it was watched. */
export interface Watcher {
  /** Who watches. */
  readonly viewer: string;
  presentityChanged(address: string, part: PresencePart): void;
}

const noNotes = noteToAll('');

interface Publication {
  machine: MachineState;
  modalities: readonly string[];
  device: Device;
}

/** What one person shows, and to whom it is told. A change costs its watchers, and nobody else. */
export class Presentity {
  readonly account: Account;
  readonly #clock: Clock;
  readonly #publications = new Map<string, Publication>();
  readonly #watchers = new Set<Watcher>();
  #chosen: ChosenState | undefined;
  #presence: Presence = offline;
  #note = '';
  #notes = noNotes;
  #automaticReply: string | undefined;
  #location = '';
  #lastActive: number | undefined;
  #privacy = defaultPrivacy;

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

  /** As the person reads it themselves. */
  get note(): string {
    return this.#note;
  }

  /** What the person's calendar says while they are out of office. */
  get automaticReply(): string | undefined {
    return this.#automaticReply;
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

  relationshipOf(viewer: string): Relationship {
    return relationshipOf(this.#privacy, this.account.address, viewer);
  }

  seenBy(viewer: string): View {
    return this.#viewFor(this.relationshipOf(viewer));
  }

  /** Whoever is watching is told at once what looks different to them. */
  place(privacy: Privacy): void {
    const before = this.#privacy;
    const { address } = this.account;
    this.#privacy = privacy;
    for (const watcher of [...this.#watchers]) {
      const was = relationshipOf(before, address, watcher.viewer);
      const is = this.relationshipOf(watcher.viewer);
      if (was === is) continue;
      for (const part of differences(this.#viewFor(was), this.#viewFor(is)))
        watcher.presentityChanged(address, part);
    }
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

  /** `notes`: what others read; the same unless said. */
  setNote(text: string, notes: Notes = noteToAll(text)): void {
    const { personal, workgroup, colleague, external } = this.#notes;
    const isSame =
      text === this.#note &&
      notes.personal === personal &&
      notes.workgroup === workgroup &&
      notes.colleague === colleague &&
      notes.external === external;
    if (isSame) return;
    this.#note = text;
    this.#notes = notes;
    this.#tell('note');
  }

  /** As the person's calendar would; no client can. Undefined ends it. */
  setAutomaticReply(text: string | undefined): void {
    if (text === this.#automaticReply) return;
    this.#automaticReply = text;
    this.#tell('note');
  }

  setLocation(text: string): void {
    if (text === this.#location) return;
    this.#location = text;
    this.#tell('location');
  }

  /** However often it watches, it is told once, and let go at once. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  #viewFor(relationship: Relationship): View {
    const { account, presence, device, lastActive, automaticReply, location, modalities } = this;
    const shown = { account, presence, device, lastActive, automaticReply, location, modalities };
    return viewFor(relationship, { ...shown, notes: this.#notes });
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

  /** Not those who see nothing of it: that something changes would tell them that somebody is there. */
  #tell(part: PresencePart): void {
    for (const watcher of [...this.#watchers])
      if (this.#sees(watcher)) watcher.presentityChanged(this.account.address, part);
  }

  #sees({ viewer }: Watcher): boolean {
    if (this.#privacy === defaultPrivacy) return true;
    const relationship = this.relationshipOf(viewer);
    return relationship !== 'blocked' && relationship !== 'none';
  }
}

function differences(was: View, is: View): readonly PresencePart[] {
  const parts: PresencePart[] = [];
  const isSamePresence =
    was.presence.availability === is.presence.availability &&
    was.presence.activity === is.presence.activity &&
    was.device === is.device &&
    was.lastActive === is.lastActive &&
    was.company === is.company;
  if (!isSamePresence) parts.push('presence');
  if (was.note !== is.note || was.automaticReply !== is.automaticReply) parts.push('note');
  if (was.location !== is.location) parts.push('location');
  if (was.modalities.length !== is.modalities.length) parts.push('modalities');
  return parts;
}
