import { arrayAt, isRecord, recordAt, stringAt } from '../shared/http.ts';
import type { Link, Message, People, Person, Side, Status, Step, Trace } from './model.ts';

export function toStatus(value: unknown): Status {
  return {
    version: stringAt(value, 'version'),
    startedAt: numberAt(value, 'startedAt'),
    now: numberAt(value, 'now'),
    publicUrl: stringAt(value, 'publicUrl'),
    policy: stringAt(value, 'policy'),
    links: arrayAt(value, 'networks').flatMap((network) =>
      arrayAt(network, 'links').map(
        (link): Link => ({
          side: sideAt(network),
          name: stringAt(link, 'name'),
          state: stringAt(link, 'state'),
          since: numberAt(link, 'since'),
          refusal: stringAt(link, 'refusal', 'id'),
        }),
      ),
    ),
    counts: {
      messages: numberAt(recordAt(value, 'messages'), 'messages'),
      underWay: numberAt(recordAt(value, 'messages'), 'underWay'),
      delivered: numberAt(recordAt(value, 'messages'), 'delivered'),
      failed: numberAt(recordAt(value, 'messages'), 'failed'),
    },
  };
}

export function toPeople(value: unknown): People {
  const people = arrayAt(value, 'people').map(toPerson);
  return { people, total: numberAt(value, 'total') || people.length };
}

function toPerson(person: unknown): Person {
  const amended = stringAt(person, 'amended');
  return {
    id: stringAt(person, 'id'),
    name: stringAt(person, 'displayName') || stringAt(person, 'name') || stringAt(person, 'id'),
    upn: stringAt(person, 'teams', 'upn'),
    sip: stringAt(person, 'skype', 'sip'),
    home: stringAt(person, 'skype', 'home'),
    mode: stringAt(person, 'mode'),
    amended: amended === 'edited' || amended === 'added' ? amended : undefined,
    link: bySide((side) => stringAt(person, 'links', side)),
    presence: bySide((side) => ({
      availability: stringAt(person, 'presence', 'sides', side, 'seen', 'availability'),
      activity: stringAt(person, 'presence', 'sides', side, 'seen', 'activity'),
    })),
  };
}

export function toMessages(value: unknown): readonly Message[] {
  return arrayAt(value, 'messages').map(toMessage);
}

export function toMessage(value: unknown): Message {
  const endedAt = isRecord(value) ? value['endedAt'] : undefined;
  return {
    id: stringAt(value, 'id'),
    side: sideAt(value),
    author: stringAt(value, 'authorName') || stringAt(value, 'author'),
    recipient: stringAt(value, 'recipientName') || stringAt(value, 'recipient'),
    writtenAt: numberAt(value, 'writtenAt'),
    takenAt: numberAt(value, 'takenAt'),
    endedAt: typeof endedAt === 'number' ? endedAt : undefined,
    bytes: numberAt(value, 'bytes'),
    state: stringAt(value, 'state'),
    cause: stringAt(value, 'reason', 'cause'),
    cure: stringAt(value, 'reason', 'cure'),
  };
}

export function toTrace(value: unknown): Trace {
  return {
    message: toMessage(value),
    steps: arrayAt(value, 'steps').map(
      (step): Step => ({
        at: numberAt(step, 'at'),
        step: stringAt(step, 'step'),
        detail: stringAt(step, 'detail'),
      }),
    ),
  };
}

function sideAt(value: unknown): Side {
  return stringAt(value, 'side') === 'skype' ? 'skype' : 'teams';
}

function bySide<T>(read: (side: Side) => T): Readonly<Record<Side, T>> {
  return { teams: read('teams'), skype: read('skype') };
}

function numberAt(value: unknown, name: string): number {
  const number = isRecord(value) ? value[name] : undefined;
  return typeof number === 'number' ? number : 0;
}
