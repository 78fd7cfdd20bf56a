import type { XmlElement, XmlNode } from '../body/xml.ts';
import { type ContactCard, contactCardNode, readContactCard } from './contact-card.ts';
import { nodeOf } from './document.ts';
import { type Note, noteNode, readNote } from './note.ts';
import { readState, type State, stateNode } from './state.ts';

/** What a category holds. `other` keeps what this library gives no meaning to: `device`, `calendarData` … */
export type CategoryContent =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'contactCard'; readonly card: ContactCard }
  | { readonly kind: 'other'; readonly element: XmlElement }
  /** Published before, and taken away. */
  | { readonly kind: 'empty' };

/** The content of the first child of a `category` or `publication`. */
export function readContent(container: XmlElement): CategoryContent {
  const [element] = container.children;
  if (element === undefined) return { kind: 'empty' };
  switch (element.name) {
    case 'state':
      return { kind: 'state', state: readState(element) };
    case 'note': {
      const note = readNote(element);
      return note === undefined ? { kind: 'empty' } : { kind: 'note', note };
    }
    case 'contactCard':
      return { kind: 'contactCard', card: readContactCard(element) };
    default:
      return { kind: 'other', element };
  }
}

export function contentNodes(content: CategoryContent): readonly XmlNode[] {
  switch (content.kind) {
    case 'state':
      return [stateNode(content.state)];
    case 'note':
      return [noteNode(content.note)];
    case 'contactCard':
      return [contactCardNode(content.card)];
    case 'other':
      return [nodeOf(content.element)];
    case 'empty':
      return [];
  }
}

/**
 * How long a publication lives: with the endpoint that made it, with the person's last endpoint, for its own time,
 * or for good.
 */
export type ExpireType = 'endpoint' | 'user' | 'time' | 'static';

export function expireTypeOf(text: string | undefined): ExpireType | undefined {
  return text === 'endpoint' || text === 'user' || text === 'time' || text === 'static' ? text : undefined;
}
