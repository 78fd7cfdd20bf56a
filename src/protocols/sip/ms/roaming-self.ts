import { child, children, writeXml, type XmlElement, type XmlNode } from '../body/xml.ts';
import { type Categories, categoriesNode, readCategories } from './categories.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const roamingSelfType = 'application/vnd-microsoft-roaming-self+xml';
export const roamingSelfEvent = 'vnd-microsoft-roaming-self';

/** Who belongs to a container, and so sees what is published in it. */
export interface Container {
  readonly id: number;
  readonly version: number;
  readonly members: readonly ContainerMember[];
}

export interface ContainerMember {
  /** `sameEnterprise`, `federated`, `publicCloud`, `user`, `domain`, `everyone`. */
  readonly type: string;
  /** The user or domain that is meant. */
  readonly value?: string;
}

/** Somebody who watches the person. */
export interface PresenceSubscriber {
  /** Without `sip:`. */
  readonly user: string;
  readonly displayName?: string;
  /** False: the client asks its human what to do about them. */
  readonly acknowledged: boolean;
}

/** A person's own presence data, as far as it was asked for. */
export interface RoamingSelf {
  readonly categories?: Categories;
  readonly containers?: readonly Container[];
  readonly subscribers?: readonly PresenceSubscriber[];
}

const namespace = 'http://schemas.microsoft.com/2006/09/sip/roaming-self';
const containersNamespace = 'http://schemas.microsoft.com/2006/09/sip/containers';
const subscribersNamespace = 'http://schemas.microsoft.com/2006/09/sip/presence-subscribers';

export type RoamingPart = 'categories' | 'containers' | 'subscribers';

/** What a SUBSCRIBE for roaming-self asks for; `undefined` for what is no such list. Unknown parts are left out. */
export function parseRoamingList(text: string): readonly RoamingPart[] | undefined {
  const root = documentNamed(text, 'roamingList');
  return (
    root &&
    children(root, 'roaming').flatMap(({ attributes: { type } }) =>
      type === 'categories' || type === 'containers' || type === 'subscribers' ? [type] : [],
    )
  );
}

export function formatRoamingList(parts: readonly RoamingPart[]): string {
  return writeXml({
    name: 'roamingList',
    attributes: { xmlns: namespace },
    content: parts.map((type) => ({ name: 'roaming', attributes: { type } })),
  });
}

export function parseRoamingSelf(text: string): RoamingSelf | undefined {
  const root = documentNamed(text, 'roamingData');
  if (root === undefined) return undefined;
  const categories = child(root, 'categories');
  const containers = child(root, 'containers');
  const subscribers = child(root, 'subscribers');
  return {
    ...(categories !== undefined && { categories: readCategories(categories) }),
    ...(containers !== undefined && { containers: children(containers, 'container').flatMap(readContainer) }),
    ...(subscribers !== undefined && {
      subscribers: children(subscribers, 'subscriber').flatMap(readSubscriber),
    }),
  };
}

function readContainer(element: XmlElement): readonly Container[] {
  const id = wholeNumber(element.attributes['id']);
  if (id === undefined) return [];
  const members = children(element, 'member').flatMap(({ attributes: { type, value } }) =>
    type === undefined ? [] : [{ type, ...(value !== undefined && { value }) }],
  );
  return [{ id, version: wholeNumber(element.attributes['version']) ?? 0, members }];
}

function readSubscriber({ attributes }: XmlElement): readonly PresenceSubscriber[] {
  const { user, displayName, acknowledged } = attributes;
  if (user === undefined) return [];
  return [{ user, ...(displayName !== undefined && { displayName }), acknowledged: acknowledged === 'true' }];
}

export function formatRoamingSelf({ categories, containers, subscribers }: RoamingSelf): string {
  return writeXml({
    name: 'roamingData',
    attributes: { xmlns: namespace },
    content: [
      ...(categories === undefined ? [] : [categoriesNode(categories)]),
      ...(containers === undefined ? [] : [containersNode(containers)]),
      ...(subscribers === undefined ? [] : [subscribersNode(subscribers)]),
    ],
  });
}

function containersNode(containers: readonly Container[]): XmlNode {
  return {
    name: 'containers',
    attributes: { xmlns: containersNamespace },
    content: containers.map(({ id, version, members }) => ({
      name: 'container',
      attributes: { id: String(id), version: String(version) },
      content: members.map(({ type, value }) => ({ name: 'member', attributes: { type, value } })),
    })),
  };
}

function subscribersNode(subscribers: readonly PresenceSubscriber[]): XmlNode {
  return {
    name: 'subscribers',
    attributes: { xmlns: subscribersNamespace },
    content: subscribers.map(({ user, displayName, acknowledged }) => ({
      name: 'subscriber',
      attributes: { user, displayName, acknowledged: String(acknowledged) },
    })),
  };
}
