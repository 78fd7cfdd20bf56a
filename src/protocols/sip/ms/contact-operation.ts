import { child, childText, writeXml, type XmlElement, type XmlNode } from '../body/xml.ts';
import { documentNamed, wholeNumber } from './document.ts';
import { readGroupIds } from './roaming-contacts.ts';

export const soapType = 'application/SOAP+xml';

/** A change of the contact list, as a SERVICE to oneself asks for it. `delta` is the number the client knows. */
export type ContactOperation =
  | {
      readonly kind: 'setContact';
      readonly delta: number | undefined;
      /** With or without `sip:`, as written. */
      readonly uri: string;
      readonly name: string;
      readonly groups: readonly number[];
      readonly subscribed: boolean;
    }
  | { readonly kind: 'deleteContact'; readonly delta: number | undefined; readonly uri: string }
  | { readonly kind: 'addGroup'; readonly delta: number | undefined; readonly name: string }
  | {
      readonly kind: 'modifyGroup';
      readonly delta: number | undefined;
      readonly groupId: number;
      readonly name: string;
    }
  | { readonly kind: 'deleteGroup'; readonly delta: number | undefined; readonly groupId: number };

const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';
const methodNamespace = 'http://schemas.microsoft.com/winrtc/2002/11/sip';

/** `undefined` for what is no SOAP request, an operation that is none of these, or one that lacks what it needs. */
export function parseContactOperation(text: string): ContactOperation | undefined {
  const method = methodOf(text);
  if (method === undefined) return undefined;
  const delta = wholeNumber(childText(method, 'deltaNum'));
  const uri = childText(method, 'URI') ?? '';
  const groupId = wholeNumber(childText(method, 'groupID'));
  switch (method.name) {
    case 'setContact':
      if (uri === '') return undefined;
      return {
        kind: 'setContact',
        delta,
        uri,
        name: childText(method, 'displayName') ?? '',
        groups: readGroupIds(childText(method, 'groups') ?? ''),
        subscribed: childText(method, 'subscribed') === 'true',
      };
    case 'deleteContact':
      return uri === '' ? undefined : { kind: 'deleteContact', delta, uri };
    case 'addGroup':
      return { kind: 'addGroup', delta, name: childText(method, 'name') ?? '' };
    case 'modifyGroup':
      if (groupId === undefined) return undefined;
      return { kind: 'modifyGroup', delta, groupId, name: childText(method, 'name') ?? '' };
    case 'deleteGroup':
      return groupId === undefined ? undefined : { kind: 'deleteGroup', delta, groupId };
    default:
      return undefined;
  }
}

/** The one element inside the envelope's body; `undefined` for what is no SOAP. */
function methodOf(text: string): XmlElement | undefined {
  const envelope = documentNamed(text, 'Envelope');
  const body = envelope && child(envelope, 'Body');
  return body?.children[0];
}

export function formatContactOperation(operation: ContactOperation): string {
  return envelopeWith({
    name: `m:${operation.kind}`,
    attributes: { 'xmlns:m': methodNamespace },
    content: [
      ...fieldsOf(operation),
      ...(operation.delta === undefined ? [] : [field('deltaNum', String(operation.delta))]),
    ],
  });
}

const field = (name: string, content: string): XmlNode => ({ name: `m:${name}`, content });

function fieldsOf(operation: ContactOperation): readonly XmlNode[] {
  switch (operation.kind) {
    case 'setContact':
      return [
        field('displayName', operation.name),
        field('groups', operation.groups.join(' ')),
        field('subscribed', String(operation.subscribed)),
        field('URI', operation.uri),
        field('externalURI', ''),
      ];
    case 'deleteContact':
      return [field('URI', operation.uri)];
    case 'addGroup':
      return [field('name', operation.name), field('externalURI', '')];
    case 'modifyGroup':
      return [
        field('groupID', String(operation.groupId)),
        field('name', operation.name),
        field('externalURI', ''),
      ];
    case 'deleteGroup':
      return [field('groupID', String(operation.groupId))];
  }
}

/** The answer to an operation that was done; `groupId` is that of a group that was added. */
export function formatContactAnswer(kind: ContactOperation['kind'], groupId?: number): string {
  return envelopeWith({
    name: `m:${kind}`,
    attributes: { 'xmlns:m': methodNamespace },
    content: groupId === undefined ? [] : [field('groupID', String(groupId))],
  });
}

/** The id of the group that an `addGroup` made; `undefined` where the answer has none. */
export function readAddedGroup(text: string): number | undefined {
  const method = methodOf(text);
  return method?.name === 'addGroup' ? wholeNumber(childText(method, 'groupID')) : undefined;
}

function envelopeWith(method: XmlNode): string {
  return writeXml({
    name: 'SOAP-ENV:Envelope',
    attributes: { 'xmlns:SOAP-ENV': soapNamespace },
    content: [{ name: 'SOAP-ENV:Body', content: [method] }],
  });
}
