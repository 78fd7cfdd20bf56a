import { pidfType } from '../../../../protocols/sip/body/pidf.ts';
import { bodyText } from '../../../../protocols/sip/message.ts';
import { createBatches } from '../batches.ts';
import type { Host } from '../host.ts';
import type { Link } from '../link.ts';
import type { Watcher } from '../publisher.ts';
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
          const presence = fromPidf(bodyText(message));
          if (!presence)
            host.listener.failed({ kind: 'refused', id: 'malformed', detail: 'a notification of presence' });
          else if (person !== undefined && people.has(person))
            host.listener.presence(person, presence, host.clock.now());
        },
        ended,
      });
    },
  });
}
