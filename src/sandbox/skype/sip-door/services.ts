import { mediaName, parseMediaType } from '../../../protocols/sip/headers/content-type.ts';
import { bodyText, header, textBody } from '../../../protocols/sip/message.ts';
import {
  formatContactAnswer,
  parseContactOperation,
  soapType,
} from '../../../protocols/sip/ms/contact-operation.ts';
import {
  parseContainerChanges,
  setContainerMembersType,
  setSubscribersType,
} from '../../../protocols/sip/ms/containers.ts';
import { formatMsFault, msFaultType } from '../../../protocols/sip/ms/fault.ts';
import { parsePublish, publishType } from '../../../protocols/sip/ms/publish.ts';
import { formatRoamingSelf, roamingSelfType } from '../../../protocols/sip/ms/roaming-self.ts';
import { addressOfUri } from './address.ts';
import type { Context } from './handler.ts';
import type { Person } from './person.ts';
import type { ContactResult } from './presence/contact-numbers.ts';
import { type Refusal, refusals } from './refusal.ts';

/**
 * A SERVICE: Microsoft's method for everything that a person changes about themselves. It is answered, unless a
 * refusal is given back.
 */
export function serve(context: Context): Refusal | undefined {
  const { door, transaction, address } = context;
  const person = door.people.get(address);
  const type = parseMediaType(header(transaction.request, 'Content-Type') ?? '');
  if (person === undefined) return refusals.unknownPerson;
  switch (type === undefined ? '' : mediaName(type)) {
    case publishType:
      return publish(context, person);
    case soapType.toLowerCase():
      return changeContacts(context, person);
    case setContainerMembersType:
      return changeContainers(context, person);
    case setSubscribersType:
      transaction.respond(200);
      return undefined;
    default:
      return unknownService;
  }
}

const unknownService: Refusal = { status: 501, code: 1011, reason: 'There is no such service' };

function publish(context: Context, person: Person): Refusal | undefined {
  const { transaction, endpoint } = context;
  const wishes = parsePublish(bodyText(transaction.request));
  if (wishes === undefined) return refusals.badDocument;
  if (endpoint === undefined) return refusals.notRegistered;
  if (addressOfUri(wishes.uri) !== context.address) return refusals.notYou;
  const result = person.presence.publish(endpoint.core, wishes.publications);
  switch (result.kind) {
    case 'published':
      transaction.respond(200, {
        headers: [{ name: 'Content-Type', value: roamingSelfType }],
        body: textBody(
          formatRoamingSelf({ categories: { uri: context.address, categories: result.categories } }),
        ),
      });
      return undefined;
    case 'conflict':
      transaction.respond(409, {
        headers: [{ name: 'Content-Type', value: msFaultType }],
        body: textBody(formatMsFault(result.fault)),
      });
      return undefined;
    case 'tooMany':
      return { ...refusals.tooMany, reason: 'The person has too many publications' };
  }
}

function changeContacts(context: Context, person: Person): Refusal | undefined {
  const operation = parseContactOperation(bodyText(context.transaction.request));
  if (operation === undefined) return refusals.badDocument;
  const uri = 'uri' in operation ? operation.uri : undefined;
  const address = uri === undefined ? undefined : addressOfUri(/^sips?:/i.test(uri) ? uri : `sip:${uri}`);
  if (uri !== undefined && address === undefined) return refusals.badDocument;
  const result = person.contacts.perform(operation, address);
  if (result.kind === 'refused') return refusalOfContact(result);
  context.transaction.respond(200, {
    headers: [{ name: 'Content-Type', value: soapType }],
    body: textBody(formatContactAnswer(operation.kind, result.groupId)),
  });
  return undefined;
}

function refusalOfContact({ why }: Extract<ContactResult, { kind: 'refused' }>): Refusal {
  switch (why) {
    case 'unknown':
      return { status: 404, code: 1012, reason: 'There is no such contact or group' };
    case 'exists':
      return { status: 409, code: 1013, reason: 'There is one of that name already' };
    case 'tooMany':
      return { status: 413, code: 1014, reason: 'The contact list is full' };
    case 'fixed':
      return { status: 403, code: 1015, reason: 'This group cannot be changed' };
  }
}

function changeContainers(context: Context, person: Person): Refusal | undefined {
  const changes = parseContainerChanges(bodyText(context.transaction.request));
  if (changes === undefined) return refusals.badDocument;
  if (!person.containers.change(changes))
    return { status: 409, code: 1016, reason: 'The container has another version' };
  context.transaction.respond(200);
  return undefined;
}
