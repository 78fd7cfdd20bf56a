import { CommandError } from './command.ts';

/** Who is meant by a whole address, or by what stands before the `@` where that names one person alone. */
export function findPerson<P extends { readonly id: string }>(people: readonly P[], name: string): P {
  const wanted = name.toLowerCase();
  const found = people.filter(({ id }) => id === wanted || id.startsWith(`${wanted}@`));
  const [person] = found;
  if (person && found.length === 1) return person;
  throw person
    ? new CommandError(
        'several-people',
        `${name} is ${found.map(({ id }) => id).join(' or ')}.`,
        'Give the whole address.',
      )
    : new CommandError('no-such-person', `Nobody is called ${name}.`, '`isthmus people` lists everybody.');
}
