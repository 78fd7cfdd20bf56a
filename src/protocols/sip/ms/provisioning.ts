import { children, writeXml, type XmlElement } from '../body/xml.ts';
import { documentNamed } from './document.ts';

export const provisioningType = 'application/vnd-microsoft-roaming-provisioning-v2+xml';
export const provisioningEvent = 'vnd-microsoft-provisioning-v2';

/** Settings that a server gives its clients: by group, by name. */
export type ProvisionGroups = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The groups that a client asks for; `undefined` for what is no such document. */
export function parseProvisioningRequest(text: string): readonly string[] | undefined {
  const root = documentNamed(text, 'provisioningGroupList');
  return root && children(root, 'provisioningGroup').flatMap(({ attributes: { name } }) => name ?? []);
}

export function formatProvisioningRequest(groups: readonly string[]): string {
  return writeXml({
    name: 'provisioningGroupList',
    attributes: { xmlns: 'http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist' },
    content: groups.map((name) => ({ name: 'provisioningGroup', attributes: { name } })),
  });
}

/** `undefined` for what is no such document. Settings that are no plain text are left out. */
export function parseProvisioning(text: string): ProvisionGroups | undefined {
  const root = documentNamed(text, 'provisionGroupList');
  return (
    root &&
    Object.fromEntries(
      children(root, 'provisionGroup').map((group) => [group.attributes['name'] ?? '', settingsOf(group)]),
    )
  );
}

const settingsOf = (group: XmlElement): Readonly<Record<string, string>> =>
  Object.fromEntries(
    group.children.filter((each) => each.children.length === 0).map(({ name, text }) => [name, text.trim()]),
  );

/** Names of settings become element names: they are the caller's own. */
export function formatProvisioning(groups: ProvisionGroups): string {
  return writeXml({
    name: 'provisionGroupList',
    attributes: { xmlns: 'http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist-notification' },
    content: Object.entries(groups).map(([name, settings]) => ({
      name: 'provisionGroup',
      attributes: { name },
      content: Object.entries(settings).map(([setting, content]) => ({ name: setting, content })),
    })),
  });
}
