import { child, children, writeXml } from '../body/xml.ts';
import { documentNamed } from './document.ts';

export const batchSubscribeType = 'application/msrtc-adrl-categorylist+xml';

/** What one SUBSCRIBE asks for: some categories of some people. */
export interface BatchSubscribe {
  /** `unsubscribe` takes people out of a batch that stays. */
  readonly action: 'subscribe' | 'unsubscribe';
  /** The watcher, `sip:` in front. */
  readonly uri: string;
  /** As written, `sip:` in front. */
  readonly resources: readonly string[];
  /** Names of categories: `state`, `note`, `contactCard`, `calendarData` … */
  readonly categories: readonly string[];
}

const namespace = 'http://schemas.microsoft.com/2006/01/sip/batch-subscribe';
const categoryNamespace = 'http://schemas.microsoft.com/2006/09/sip/categorylist';

/** `undefined` for what is no such document, or asks for something else than to subscribe or unsubscribe. */
export function parseBatchSubscribe(text: string): BatchSubscribe | undefined {
  const root = documentNamed(text, 'batchSub');
  const action = root && child(root, 'action');
  const name = action?.attributes['name'];
  if (root === undefined || action === undefined) return undefined;
  if (name !== 'subscribe' && name !== 'unsubscribe') return undefined;
  const list = child(action, 'adhocList');
  const wanted = child(action, 'categoryList');
  return {
    action: name,
    uri: root.attributes['uri'] ?? '',
    resources: (list === undefined ? [] : children(list, 'resource')).flatMap(
      ({ attributes: { uri } }) => uri ?? [],
    ),
    categories: (wanted === undefined ? [] : children(wanted, 'category')).flatMap(
      ({ attributes: { name: category } }) => category ?? [],
    ),
  };
}

export function formatBatchSubscribe({ action, uri, resources, categories }: BatchSubscribe): string {
  return writeXml({
    name: 'batchSub',
    attributes: { xmlns: namespace, uri, name: '' },
    content: [
      {
        name: 'action',
        attributes: { name: action, id: '1' },
        content: [
          {
            name: 'adhocList',
            content: resources.map((each) => ({ name: 'resource', attributes: { uri: each } })),
          },
          {
            name: 'categoryList',
            attributes: { xmlns: categoryNamespace },
            content: categories.map((each) => ({ name: 'category', attributes: { name: each } })),
          },
        ],
      },
    ],
  });
}
