import { bodyText, textBody } from '../../../../protocols/sip/message.ts';
import {
  formatRoamingList,
  parseRoamingSelf,
  roamingSelfEvent,
  roamingSelfType,
} from '../../../../protocols/sip/ms/roaming-self.ts';
import type { Host } from '../host.ts';
import type { Link } from '../link.ts';
import { contactOf, requestOf } from '../self.ts';
import { instanceOf } from './instances.ts';

/**
 * Whether the person has a client of their own beside this endpoint: every client publishes states under its own number,
 * and a person's endpoints are shown all of them (roaming-self). A client that publishes nothing stays unknown. Asked
 * once, without a subscription that stays.
 */
export async function othersThan(host: Host, link: Link): Promise<'yes' | 'unknown'> {
  const { self, names, ask } = host;
  const request = requestOf(self, names, {
    method: 'SUBSCRIBE',
    to: self.uri,
    headers: [
      contactOf(self),
      { name: 'Event', value: roamingSelfEvent },
      { name: 'Expires', value: '0' },
      { name: 'Accept', value: roamingSelfType },
      { name: 'Supported', value: 'ms-benotify, ms-piggyback-first-notify' },
      { name: 'Content-Type', value: roamingSelfType },
    ],
    body: textBody(formatRoamingList(['categories'])),
  });
  const answer = await ask(link, request);
  if (answer.kind === 'none' || answer.response.status >= 300) return 'unknown';
  const categories = parseRoamingSelf(bodyText(answer.response))?.categories?.categories;
  if (!categories) return 'unknown';
  const own = new Set([instanceOf(self, 'machineState'), instanceOf(self, 'userState')]);
  const isAnothers = categories.some(
    ({ name, expireType, instance }) =>
      expireType === 'endpoint' &&
      (name === 'state' || name === 'device') &&
      instance !== undefined &&
      !own.has(instance),
  );
  return isAnothers ? 'yes' : 'unknown';
}
