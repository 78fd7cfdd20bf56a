import type { Clock } from '../../core/clock.ts';
import type { PersonId } from '../../core/ids.ts';
import { recent } from '../../core/recent.ts';

/** A time to be left alone, ms; `until` is Unix ms. */
interface Rest {
  readonly until: number;
  readonly ms: number;
}

const rememberedPeople = 10_000;

/**
 * How long Graph has asked to be left alone. It does not say whether it means the account that wrote or the whole
 * tenant: one account is taken for itself, a second one within the time of the first for the tenant.
 */
export class Throttle<Tenant> {
  readonly #clock: Clock;
  readonly #people = recent<PersonId, Rest>(rememberedPeople);
  readonly #last = new Map<Tenant, Rest & { readonly person: PersonId }>();
  readonly #tenants = new Map<Tenant, Rest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Graph has asked for `ms` of rest when this person wrote. */
  note(tenant: Tenant, person: PersonId, ms: number): void {
    const rest = { until: this.#clock.now() + ms, ms };
    const last = this.#last.get(tenant);
    if (last !== undefined && last.person !== person && this.#left(last) > 0)
      this.#tenants.set(tenant, last.until > rest.until ? last : rest);
    this.#last.set(tenant, { ...rest, person });
    this.#people.set(person, rest);
  }

  /** How long this person should not write, ms; 0: they may. */
  left(tenant: Tenant, person: PersonId): number {
    return Math.max(this.#left(this.#people.get(person)), this.#left(this.#tenants.get(tenant)));
  }

  /** Never longer than was asked for: a clock that was put back leaves nobody waiting. */
  #left(rest: Rest | undefined): number {
    return rest === undefined ? 0 : Math.max(0, Math.min(rest.until - this.#clock.now(), rest.ms));
  }
}
