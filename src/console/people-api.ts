import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { personId } from '../core/ids.ts';
import { type Person, sides } from '../core/people.ts';
import type { Directory } from '../gateway/directory.ts';
import { personAnswer } from './answers.ts';
import { ConsoleError } from './errors.ts';
import type { EditOutcome, PeopleApiOptions, UndoOutcome } from './options.ts';
import type { EditsAnswer, PeopleAnswer, PersonAnswer, UndoAnswer } from './types.ts';

const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 320 }) });
type Params = Static<typeof params>;
const listQuery = Type.Object({
  find: Type.String({ maxLength: 320, default: '' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
});
const fields = Type.Record(Type.String(), Type.String({ maxLength: 1000 }));

/** People: listed, changed, added, removed, and what operators did about them taken back. */
export function routePeople(app: FastifyInstance, options: PeopleApiOptions): void {
  const { directory, people, links } = options;

  app.get<{ Querystring: Static<typeof listQuery> }>(
    '/api/people',
    { schema: { querystring: listQuery } },
    async ({ query: { find, limit } }): Promise<PeopleAnswer> => {
      const found = findPeople(directory.people(), find);
      const answers = found.slice(0, limit).map((person) => personAnswer(person, options));
      return { people: await Promise.all(answers), total: found.length, removed: people.removed() };
    },
  );

  app.get('/api/people/edits', async (): Promise<EditsAnswer> => ({ edits: people.edits() }));

  app.post('/api/people', async ({ body }, reply): Promise<PersonAnswer> => {
    const added = changedPerson(await people.add(checkedFields(body)));
    reply.code(201).header('location', `/api/people/${encodeURIComponent(added.id)}`);
    return personAnswer(added, options);
  });

  app.put<{ Params: Params }>(
    '/api/people/:id',
    { schema: { params } },
    async ({ params: { id }, body }): Promise<PersonAnswer> => {
      const edit = checkedFields(body);
      if ('id' in edit) throw new ConsoleError('malformed', 'id: names the person and cannot be changed');
      const outcome = await people.edit(knownPerson(directory, id).id, edit);
      return personAnswer(changedPerson(outcome), options);
    },
  );

  app.delete<{ Params: Params }>(
    '/api/people/:id',
    { schema: { params } },
    async ({ params: { id } }, reply) => {
      const person = knownPerson(directory, id);
      if ((await people.remove(person.id)) === 'no-such-person') throw new ConsoleError('no-such-person');
      // Nobody is left whom the gateway could act for.
      for (const side of sides) {
        await links.remove(person.id, side);
        options.linkChanged(person.id, side);
      }
      return reply.code(204).send();
    },
  );

  app.post<{ Params: Params }>(
    '/api/people/:id/undo',
    { schema: { params } },
    async ({ params: { id } }): Promise<UndoAnswer> => {
      const person = undonePerson(await people.undo(personId(id)));
      return { person: person ? await personAnswer(person, options) : null };
    },
  );
}

function findPeople(people: Iterable<Person>, find: string): readonly Person[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...people];
  return [...people].filter(({ id, displayName, skype }) => {
    const text = `${id} ${displayName} ${skype.home === 'none' ? '' : skype.sip}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** @throws {ConsoleError} for somebody who is not there */
export function knownPerson(directory: Directory, id: string): Person {
  const person = directory.person(personId(id));
  if (!person) throw new ConsoleError('no-such-person');
  return person;
}

/** Of which fields there are, and what belongs in them, the directory's own rules say more. */
function checkedFields(body: unknown): Static<typeof fields> {
  if (Check(fields, body) && Object.keys(body).length > 0) return body;
  throw new ConsoleError('malformed', 'The body is no object of texts: { mode, home, sip, pool, … }.');
}

function changedPerson(outcome: EditOutcome): Person {
  switch (outcome.kind) {
    case 'changed':
      return outcome.person;
    case 'no-such-person':
      throw new ConsoleError('no-such-person');
    case 'exists':
      throw new ConsoleError('person-exists');
    case 'refused':
      throw wrongPerson(outcome);
  }
}

function undonePerson(outcome: UndoOutcome): Person | undefined {
  switch (outcome.kind) {
    case 'undone':
      return outcome.person;
    case 'nothing-to-undo':
      throw new ConsoleError('nothing-to-undo');
    case 'refused':
      throw wrongPerson(outcome);
  }
}

function wrongPerson({ problems }: Extract<EditOutcome, { readonly kind: 'refused' }>): ConsoleError {
  const words = problems.map(({ field, because }) =>
    field === undefined ? because : `${field}: ${because}`,
  );
  return new ConsoleError('wrong-person', words.join('; '));
}
