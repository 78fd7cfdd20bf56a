import { children, writeXml } from '../body/xml.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const setContainerMembersType = 'application/msrtc-setcontainermembers+xml';
export const setSubscribersType = 'application/msrtc-presence-setsubscriber+xml';

/** A change of who may see what, one for each container. */
export interface ContainerChange {
  readonly id: number;
  /** The version that the client knows. */
  readonly version: number;
  readonly members: readonly {
    readonly action: 'add' | 'remove';
    readonly type: string;
    readonly value?: string;
  }[];
}

/** `undefined` for what is no such document, or a container without numbers. */
export function parseContainerChanges(text: string): readonly ContainerChange[] | undefined {
  const root = documentNamed(text, 'setContainerMembers');
  if (root === undefined) return undefined;
  const changes = children(root, 'container').map((element): ContainerChange | undefined => {
    const id = wholeNumber(element.attributes['id']);
    const version = wholeNumber(element.attributes['version']);
    if (id === undefined || version === undefined) return undefined;
    const members = children(element, 'member').flatMap(({ attributes: { action, type, value } }) =>
      type === undefined || (action !== 'add' && action !== 'remove')
        ? []
        : [{ action, type, ...(value !== undefined && { value }) } as const],
    );
    return { id, version, members };
  });
  const good = changes.filter((each) => each !== undefined);
  return good.length === changes.length ? good : undefined;
}

export function formatContainerChanges(changes: readonly ContainerChange[]): string {
  return writeXml({
    name: 'setContainerMembers',
    attributes: { xmlns: 'http://schemas.microsoft.com/2006/09/sip/container-management' },
    content: changes.map(({ id, version, members }) => ({
      name: 'container',
      attributes: { id: String(id), version: String(version) },
      content: members.map(({ action, type, value }) => ({
        name: 'member',
        attributes: { action, type, value },
      })),
    })),
  });
}
