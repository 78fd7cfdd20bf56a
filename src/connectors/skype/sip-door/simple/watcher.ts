import { fromSkypeNote } from '../../../../core/presence/remarks.ts';
import { pidfType } from '../../../../protocols/sip/body/pidf.ts';
import { bodyText } from '../../../../protocols/sip/message.ts';
import { createBatches } from '../batches.ts';
import type { Host } from '../host.ts';
import type { Link } from '../link.ts';
import type { Watcher } from '../presence.ts';
import { Subscription } from '../subscription.ts';
import { fromPidf } from './pidf-presence.ts';

const expiresSeconds = 3600;

/** Watches people one by one (RFC 3856), which every presence server understands. */
export function createSimpleWatcher(host: Host, link: Link): Watcher {
  return createBatches({
    host,
    most: 1,
    subscribe: (people, ended) => {
      const [person] = people;
      return new Subscription({
        host,
        link,
        to: person ?? host.self.uri,
        event: 'presence',
        expiresSeconds,
        headers: [{ name: 'Accept', value: pidfType }],
        notified: (message) => {
          const { listener, clock } = host;
          const seen = fromPidf(bodyText(message));
          if (!seen) {
            listener.failed({ kind: 'refused', id: 'malformed', detail: 'a notification of presence' });
            return;
          }
          if (person === undefined || !people.has(person)) return;
          listener.presence(person, seen.presence, clock.now());
          listener.remarks(person, fromSkypeNote(seen.note, 'Personal'), clock.now());
        },
        ended,
      });
    },
  });
}
