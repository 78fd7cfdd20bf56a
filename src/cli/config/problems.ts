/** One wrong value of the configuration: where (`listen.port`, or a variable's name) and what to do. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Everything that is wrong with a configuration, found before anything started. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** Collects problems, so that all are told at once. */
export class Problems {
  #found: Problem[] = [];

  add(path: string, message: string): void {
    this.#found.push({ path, message });
  }

  get length(): number {
    return this.#found.length;
  }

  /** @throws {ConfigError} if there is any. */
  throwIfAny(): void {
    if (this.#found.length > 0) throw new ConfigError(this.#found);
  }
}

/** `listen` and `port` → `listen.port`; `teams.tenants` and `0` → `teams.tenants[0]`. */
export function join(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
