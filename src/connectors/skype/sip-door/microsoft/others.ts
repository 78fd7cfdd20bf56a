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

/**
 * Whether the person has a client of their own beside this endpoint: every client publishes states under its own name,
 * and a person's endpoints are shown all of them (roaming-self). Asked once, without a subscription that stays.
 */
export async function othersThan(host: Host, link: Link): Promise<'yes' | 'no' | 'unknown'> {
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
  const lives = categories.filter(
    ({ name, expireType }) => expireType === 'endpoint' && (name === 'state' || name === 'device'),
  );
  // A pool that names no endpoints cannot be asked who published.
  if (lives.some(({ endpointId }) => endpointId === undefined)) return 'unknown';
  const isOurs = (id: string): boolean => id.toLowerCase().replace(/[{}]/g, '') === self.instance;
  return lives.some(({ endpointId }) => endpointId !== undefined && !isOurs(endpointId)) ? 'yes' : 'no';
}
