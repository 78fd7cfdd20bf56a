import type { PeopleAnswer } from '../console/types.ts';
import type { Person, Side } from '../core/people.ts';
import { CommandError } from './command.ts';
import type { Config } from './config/config.ts';
import type { LoadOptions } from './config/load.ts';
import { findGateway } from './console-client.ts';
import { readAmendments } from './data-folder.ts';
import { createPeopleStore } from './people-store.ts';

export interface KnownPerson extends Person {
  /** Left out: only a running gateway knows. */
  readonly signedIn?: readonly Side[];
}

/**
 * Everybody, as the gateway that runs on the data folder knows them; where none runs, as configured and as operators
 * changed them. Whom the tenants name only a running gateway knows.
 */
export async function knownPeople(config: Config, options: LoadOptions): Promise<readonly KnownPerson[]> {
  return (await askGateway(options)) ?? (await configuredPeople(config));
}

async function askGateway(options: LoadOptions): Promise<readonly KnownPerson[] | undefined> {
  try {
    const gateway = await findGateway(options);
    return (await gateway.get<PeopleAnswer>('/api/people')).people;
  } catch (error) {
    if (error instanceof CommandError && error.id === 'not-running') return undefined;
    throw error;
  }
}

async function configuredPeople({ data, people, directory: rules }: Config): Promise<readonly Person[]> {
  const { directory } = createPeopleStore({
    people,
    rules,
    amendments: await readAmendments(data),
    keep: () => Promise.resolve(),
    clock: { now: Date.now },
    report: () => undefined,
  });
  return [...directory.people()];
}
