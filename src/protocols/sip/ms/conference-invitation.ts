import { child, childText, writeXml } from '../body/xml.ts';
import { documentNamed } from './document.ts';

/** The body of an INVITE into a conference ([MS-CONFIM], [MS-CONFBAS]). */
export const conferenceInvitationType = 'application/ms-conf-invite+xml';

export interface ConferenceInvitation {
  /** Where to join: `sip:organizer@domain;gruu;opaque=app:conf:focus:id:…`. */
  readonly focusUri: string;
  readonly conversationId?: string;
  readonly subject?: string;
  /** Whether instant messaging is part of it. */
  readonly im: boolean;
}

/** `undefined` for what is no such document, or has no focus. */
export function parseConferenceInvitation(text: string): ConferenceInvitation | undefined {
  const root = documentNamed(text, 'Conferencing');
  const focusUri = root && childText(root, 'focus-uri');
  if (root === undefined || !focusUri) return undefined;
  const conversationId = childText(root, 'conversation-id');
  const subject = childText(root, 'subject');
  return {
    focusUri,
    ...(conversationId !== undefined && { conversationId }),
    ...(subject !== undefined && { subject }),
    im: child(root, 'im')?.attributes['available'] === 'true',
  };
}

export function formatConferenceInvitation({
  focusUri,
  conversationId,
  subject,
  im,
}: ConferenceInvitation): string {
  return writeXml({
    name: 'Conferencing',
    attributes: { version: '2.0' },
    content: [
      { name: 'focus-uri', content: focusUri },
      ...(conversationId === undefined ? [] : [{ name: 'conversation-id', content: conversationId }]),
      { name: 'subject', content: subject ?? '' },
      { name: 'im', attributes: { available: String(im) } },
    ],
  });
}
