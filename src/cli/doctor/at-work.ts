import type { PeopleAnswer, PersonAnswer, StatusAnswer } from '../../console/types.ts';
import { type Side, sides } from '../../core/people.ts';
import { explain } from '../../core/refusals.ts';
import { doubtful, type Finding, right, wrong } from './finding.ts';

/** What a gateway at work says of its links to the networks. */
export function checkLinks({ networks }: Pick<StatusAnswer, 'networks'>): readonly Finding[] {
  return networks.flatMap(({ side, links }) =>
    links.map(({ name, state, refusal }): Finding => {
      const subject = `${side}, ${name}`;
      if (state === 'connected') return right(subject, 'connected');
      const { cause, cure } = refusal
        ? explain(refusal)
        : { cause: '', cure: 'Wait a minute and look again.' };
      const found = `${state}${cause ? `: ${cause}` : ''}`;
      return state === 'connecting' ? doubtful(subject, found, cure) : wrong(subject, found, cure);
    }),
  );
}

const mostNames = 5;

/** Whom the gateway cannot write for under their own name. */
export function checkPeople({ people }: PeopleAnswer): readonly Finding[] {
  return [
    right('people', `${people.length} in the directory`),
    ...sides.flatMap((side) => checkSide(people, side)),
  ];
}

function checkSide(people: readonly PersonAnswer[], side: Side): readonly Finding[] {
  const unlinked = people.filter(({ links }) => links[side] === 'not linked').map(({ id }) => id);
  const unreadable = people.filter(({ links }) => links[side] === 'unreadable').map(({ id }) => id);
  return [
    ...(unlinked.length > 0
      ? [
          doubtful(
            `people, ${side}`,
            `${unlinked.length} not linked, for whom the gateway’s own account writes: ${named(unlinked)}`,
            `Link them: isthmus people link NAME --side ${side}`,
          ),
        ]
      : []),
    ...(unreadable.length > 0
      ? [
          wrong(
            `people, ${side}`,
            `${unreadable.length} links cannot be read: ${named(unreadable)}`,
            'Restore the vault key of the data folder, or link them again.',
          ),
        ]
      : []),
  ];
}

function named(ids: readonly string[]): string {
  const more = ids.length - mostNames;
  return `${ids.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
