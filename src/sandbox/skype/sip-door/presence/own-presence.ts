import type { Category } from '../../../../protocols/sip/ms/categories.ts';
import type { CategoryContent } from '../../../../protocols/sip/ms/category.ts';
import type { MsFault } from '../../../../protocols/sip/ms/fault.ts';
import type { CategoryPublication } from '../../../../protocols/sip/ms/publish.ts';
import type { State } from '../../../../protocols/sip/ms/state.ts';
import type { Clock } from '../../../clock.ts';
import type { Endpoint } from '../../endpoint.ts';
import { type ChosenState, classOf, type MachineState } from '../../presence.ts';
import type { Presentity, Watcher } from '../../presentity.ts';
import type { Notes } from '../../view.ts';
import { containerOf } from './containers.ts';
import { Publications } from './publications.ts';

/** Somebody is told which categories of the person's own have changed; not of those it published itself. */
export type OwnPresenceChanged = (names: ReadonlySet<string>) => void;

export type OwnPublishResult =
  | { readonly kind: 'published'; readonly categories: readonly Category[] }
  | { readonly kind: 'conflict'; readonly fault: MsFault }
  | { readonly kind: 'tooMany' };

/** Where a person's own choices are shown to their other endpoints: to themselves, and to watchers. */
const stateContainers = [2, 3];
const noteContainers = [200, 300, 400];
/** The instance of the one userState of a person ([MS-PRES] section 2.2.2.8). */
const userInstance = 0x2000_0000;
/** Who published what came from another door. */
const otherDoor = '';

/**
 * A person's publications over SIP, and the presentity of the pool, kept in step: what an endpoint publishes becomes
 * what watchers see, and what another door changes becomes a publication that SIP endpoints are told of.
 */
export class OwnPresence implements Disposable {
  readonly #presentity: Presentity;
  readonly #clock: Clock;
  readonly #publications: Publications;
  readonly #listeners = new Map<OwnPresenceChanged, string | undefined>();
  readonly #watcher: Watcher;
  #expiry: Disposable | undefined;
  /** What the pool knows of the person as a consequence of what is published here. */
  #chosen: ChosenState | undefined;
  #note = '';

  constructor(presentity: Presentity, clock: Clock, maxPublications: number) {
    this.#presentity = presentity;
    this.#clock = clock;
    this.#publications = new Publications(maxPublications);
    this.#takeOver();
    this.#watcher = {
      viewer: presentity.account.address,
      presentityChanged: () => this.#takeOver(),
    };
    presentity.watch(this.#watcher);
  }

  /** Everything, for a new subscription. */
  categories(names?: ReadonlySet<string>): readonly Category[] {
    return this.#publications.categories(names);
  }

  /** `endpointId`: its own publications are not told to it. */
  listen(changed: OwnPresenceChanged, endpointId: string | undefined): Disposable {
    this.#listeners.set(changed, endpointId);
    return { [Symbol.dispose]: () => void this.#listeners.delete(changed) };
  }

  publish(endpoint: Endpoint, wishes: readonly CategoryPublication[]): OwnPublishResult {
    const result = this.#publications.publish(endpoint.id, wishes, this.#clock.now());
    if (result.kind !== 'published') return result;
    this.#armExpiry();
    this.#apply(endpoint, result.names);
    this.#tell(result.names, endpoint.id);
    return { kind: 'published', categories: this.#publications.categories(result.names) };
  }

  endpointGone(endpointId: string, isLast: boolean): void {
    this.#tell(this.#publications.endpointGone(endpointId, isLast), endpointId);
    this.#armExpiry();
    // The person's choice goes with the last endpoint of any door.
    this.#takeOver();
  }

  [Symbol.dispose](): void {
    this.#presentity.unwatch(this.#watcher);
    this.#expiry?.[Symbol.dispose]();
    this.#listeners.clear();
  }

  /** What was published becomes what the pool shows. */
  #apply(endpoint: Endpoint, names: ReadonlySet<string>): void {
    if (names.has('state')) {
      const machine = machineStateOf(this.#publications.contentsOf(endpoint.id, 'state'));
      endpoint.report(machine);
      this.#chosen = chosenIn(this.#publications.contents('state'));
      this.#presentity.choose(this.#chosen);
    }
    if (names.has('note')) {
      this.#note = noteIn(this.#publications.contents('note'));
      this.#presentity.setNote(this.#note, notesIn(this.#publications.categories(new Set(['note']))));
    }
  }

  /** What another door changed becomes a publication. */
  #takeOver(): void {
    const names = new Set<string>();
    const { chosen, note } = this.#presentity;
    if (!isSame(chosen, this.#chosen)) {
      this.#chosen = chosen;
      names.add('state');
      if (chosen === undefined) this.#publications.withdraw('state', isUserState);
      else this.#replace('state', userInstance, stateContainers, { kind: 'state', state: stateOf(chosen) });
    }
    if (note !== this.#note) {
      this.#note = note;
      names.add('note');
      if (note === '') this.#publications.withdraw('note', () => true);
      else this.#replace('note', 0, noteContainers, { kind: 'note', note: { type: 'personal', text: note } });
    }
    if (names.size > 0) this.#tell(names, undefined);
  }

  #replace(
    category: string,
    instance: number,
    containers: readonly number[],
    content: CategoryContent,
  ): void {
    const wishes = containers.map((container) => ({
      category,
      instance,
      container,
      version: this.#publications.versionOf(category, instance, container),
      expireType: 'static' as const,
      content,
    }));
    this.#publications.publish(otherDoor, wishes, this.#clock.now());
  }

  #tell(names: ReadonlySet<string>, by: string | undefined): void {
    if (names.size === 0) return;
    for (const [changed, own] of [...this.#listeners]) if (by === undefined || own !== by) changed(names);
  }

  #armExpiry(): void {
    this.#expiry?.[Symbol.dispose]();
    const next = this.#publications.nextExpiry;
    this.#expiry =
      next === undefined
        ? undefined
        : this.#clock.setTimer(Math.max(next - this.#clock.now(), 1), () => this.#expire());
  }

  #expire(): void {
    const names = this.#publications.expire(this.#clock.now());
    this.#armExpiry();
    if (names.has('state')) {
      this.#chosen = chosenIn(this.#publications.contents('state'));
      this.#presentity.choose(this.#chosen);
    }
    if (names.has('note')) {
      this.#note = noteIn(this.#publications.contents('note'));
      this.#presentity.setNote(this.#note);
    }
    this.#tell(names, undefined);
  }
}

function isSame(a: ChosenState | undefined, b: ChosenState | undefined): boolean {
  return a?.availability === b?.availability && a?.activity === b?.activity;
}

const isUserState = (content: CategoryContent): boolean =>
  content.kind === 'state' && content.state.type === 'userState';

function machineStateOf(contents: readonly CategoryContent[]): MachineState | undefined {
  for (const content of contents) {
    if (content.kind === 'state' && content.state.type === 'machineState')
      return toMachineState(content.state);
  }
  return undefined;
}

/** A machine without a number is in use; one that says to be offline is not to be seen. */
function toMachineState({ availability = 3500 }: State): MachineState | undefined {
  switch (classOf(availability)) {
    case 'online':
    case 'busy':
    case 'doNotDisturb':
      return 'active';
    case 'idleOnline':
    case 'idleBusy':
      return 'inactive';
    case 'beRightBack':
    case 'away':
      return 'away';
    case 'offline':
      return undefined;
  }
}

function chosenIn(contents: readonly CategoryContent[]): ChosenState | undefined {
  for (const content of contents) {
    if (content.kind !== 'state' || content.state.type !== 'userState') continue;
    const { availability, activity } = content.state;
    if (availability !== undefined) return { availability, activity: activity?.token ?? activity?.custom };
  }
  return undefined;
}

function stateOf({ availability, activity }: ChosenState): State {
  return {
    type: 'userState',
    manual: true,
    availability,
    ...(activity !== undefined && { activity: activityOf(activity) }),
  };
}

/** Tokens are words in lower case with hyphens; anything else is a text of the person's own. */
export function activityOf(activity: string): NonNullable<State['activity']> {
  return /^[a-z][a-z-]*$/.test(activity) ? { token: activity } : { custom: activity };
}

function noteIn(contents: readonly CategoryContent[]): string {
  const [newest] = contents.flatMap((content) => (content.kind === 'note' ? [content.note.text] : []));
  return newest ?? '';
}

/** Who is in a container reads what was published there last. */
function notesIn(published: readonly Category[]): Notes {
  const notesOf = (container: number): string =>
    noteIn(
      published
        .filter((each) => each.container === container)
        .map(({ content }) => content)
        .toReversed(),
    );
  return {
    personal: notesOf(containerOf.personal),
    workgroup: notesOf(containerOf.workgroup),
    colleague: notesOf(containerOf.colleague),
    external: notesOf(containerOf.external),
  };
}
