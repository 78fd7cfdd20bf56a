import { child, childText, type XmlElement, type XmlNode } from '../body/xml.ts';

/** The content of the category `contactCard`, as far as it names somebody. */
export interface ContactCard {
  readonly displayName?: string;
  readonly email?: string;
  readonly company?: string;
}

const namespace = 'http://schemas.microsoft.com/2006/09/sip/contactcard';

export function readContactCard(element: XmlElement): ContactCard {
  const identity = child(element, 'identity');
  const name = identity && child(identity, 'name');
  const displayName = name && childText(name, 'displayName');
  const email = identity && childText(identity, 'email');
  const company = childText(element, 'company');
  return {
    ...(displayName !== undefined && { displayName }),
    ...(email !== undefined && { email }),
    ...(company !== undefined && { company }),
  };
}

export function contactCardNode({ displayName, email, company }: ContactCard): XmlNode {
  const name =
    displayName === undefined
      ? []
      : [{ name: 'name', content: [{ name: 'displayName', content: displayName }] }];
  const address = email === undefined ? [] : [{ name: 'email', content: email }];
  return {
    name: 'contactCard',
    attributes: { xmlns: namespace },
    content: [
      { name: 'identity', content: [...name, ...address] },
      ...(company === undefined ? [] : [{ name: 'company', content: company }]),
    ],
  };
}
