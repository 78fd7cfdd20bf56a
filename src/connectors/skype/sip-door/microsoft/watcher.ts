import type { SipUri } from '../../../../core/people.ts';
import { fromSkypeNote } from '../../../../core/presence/remarks.ts';
import { fromNumber } from '../../../../core/presence/scales.ts';
import { header, type SipMessage, textBody } from '../../../../protocols/sip/message.ts';
import { batchSubscribeType, formatBatchSubscribe } from '../../../../protocols/sip/ms/batch-subscribe.ts';
import { type Categories, categoriesType } from '../../../../protocols/sip/ms/categories.ts';
import type { CategoryContent } from '../../../../protocols/sip/ms/category.ts';
import { readPresenceBatch, rlmiType } from '../../../../protocols/sip/ms/presence-batch.ts';
import type { State } from '../../../../protocols/sip/ms/state.ts';
import { sipUri } from '../../ids.ts';
import { createBatches } from '../batches.ts';
import type { Host } from '../host.ts';
import type { Link } from '../link.ts';
import type { Watcher } from '../presence.ts';
import { Subscription } from '../subscription.ts';

/** People in one SUBSCRIBE; what Microsoft's own clients stop at. */
const mostInBatch = 100;
const expiresSeconds = 3600;

const headers = [
  { name: 'Require', value: 'adhoclist, categoryList' },
  { name: 'Supported', value: 'eventlist, ms-benotify, ms-piggyback-first-notify' },
  { name: 'Accept', value: `${categoriesType}, ${rlmiType}, multipart/related` },
];

/** Watches people in batches, by one SUBSCRIBE to oneself for each batch ([MS-PRES] section 3.7). */
export function createMicrosoftWatcher(host: Host, link: Link): Watcher {
  return createBatches({
    host,
    most: mostInBatch,
    subscribe: (people, ended) => {
      const resources = [...people];
      /** Those whom the pool wants to be asked for alone, and who have been. */
      const alone = new Map<SipUri, Subscription>();
      const open = (
        whom: readonly SipUri[],
        over: (retry: Parameters<typeof ended>[0]) => void,
      ): Subscription =>
        new Subscription({
          host,
          link,
          to: host.self.uri,
          event: 'presence',
          expiresSeconds,
          headers,
          body: {
            type: batchSubscribeType,
            bytes: textBody(
              formatBatchSubscribe({
                action: 'subscribe',
                uri: host.self.uri,
                resources: whom,
                categories: ['state', 'note'],
              }),
            ),
          },
          notified: (message) => notified(message),
          ended: over,
        });

      const notified = (message: SipMessage): void => {
        const batch = readPresenceBatch(header(message, 'Content-Type') ?? '', message.body);
        if (!batch) {
          host.listener.failed({ kind: 'refused', id: 'malformed', detail: 'a notification of presence' });
          return;
        }
        for (const { uri, instance } of batch.resources) {
          const person = sipUri(uri);
          if (person === undefined) continue;
          if (instance.kind === 'active' && instance.categories) report(person, instance.categories);
          if (instance.kind === 'resubscribe') askAlone(person);
        }
      };

      const askAlone = (person: SipUri): void => {
        if (!people.has(person) || alone.has(person) || people.size === 1) return;
        alone.set(
          person,
          open([person], () => void alone.delete(person)),
        );
      };

      const report = (person: SipUri, { categories }: Categories): void => {
        if (!people.has(person)) return;
        for (const { name, content } of categories) {
          if (name === 'note') reportNote(person, content);
          if (name === 'state' && content.kind === 'state') reportState(person, content.state);
        }
      };

      const reportState = (person: SipUri, { availability, activity, lastActive }: State): void => {
        const { listener, clock } = host;
        if (availability === undefined) return;
        listener.presence(person, fromNumber(availability, activity?.token), clock.now());
        const at = lastActive === undefined ? Number.NaN : Date.parse(lastActive);
        if (!Number.isNaN(at)) listener.lastActive(person, at);
      };

      /** An empty category says that the note was taken away. */
      const reportNote = (person: SipUri, content: CategoryContent): void => {
        const note = content.kind === 'note' ? content.note : { type: 'personal', text: '' };
        const type = note.type === 'OOF' ? 'OutOfOffice' : 'Personal';
        host.listener.remarks(person, fromSkypeNote(note.text, type), host.clock.now());
      };

      const main = open(resources, ended);
      return {
        taken: main.taken,
        [Symbol.dispose]() {
          main[Symbol.dispose]();
          for (const each of alone.values()) each[Symbol.dispose]();
        },
      };
    },
  });
}
