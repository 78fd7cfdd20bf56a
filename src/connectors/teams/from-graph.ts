import type { Body } from '../../core/message.ts';
import { fromTeamsRemarks, type Remarks } from '../../core/presence/remarks.ts';
import { quoteOf, readTeams } from '../../core/text/text.ts';
import type { Message, Presence } from '../../protocols/graph/client/shapes.ts';

/** What a notification's resource names. */
export type NotifiedResource =
  | { readonly kind: 'message'; readonly chatId: string; readonly messageId: string }
  | { readonly kind: 'presence'; readonly userId: string | undefined }
  | { readonly kind: 'other' };

const messageResource = /^\/?chats(?:\('([^']+)'\)|\/([^/]+))\/messages(?:\('([^']+)'\)|\/([^/]+))$/i;
const presenceResource = /^\/?(?:communications\/presences|users)(?:\('([^']+)'\)|\/([^/?]+))?/i;

/** `chats('19:…')/messages('161…')`, with keys in brackets or as segments, encoded or not. */
export function parseResource(resource: string): NotifiedResource {
  const found = messageResource.exec(resource);
  if (found !== null) {
    const chatId = decode(found[1] ?? found[2] ?? '');
    const messageId = decode(found[3] ?? found[4] ?? '');
    return { kind: 'message', chatId, messageId };
  }
  const presence = presenceResource.exec(resource);
  return presence === null ? { kind: 'other' } : { kind: 'presence', userId: presence[1] ?? presence[2] };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A message as the gateway needs it. */
export interface WrittenMessage {
  readonly messageId: string;
  /** Object id, lower case. */
  readonly authorId: string;
  readonly body: Body;
  /** Unix ms. */
  readonly writtenAt: number;
}

/** Why a message of Graph is nothing that a person wrote to another. */
export type NotWritten = 'system' | 'deleted' | 'no-author' | 'no-date';

export function readMessage(message: Message): WrittenMessage | NotWritten {
  if (message.messageType !== 'message') return 'system';
  if (typeof message.deletedDateTime === 'string') return 'deleted';
  const authorId = message.from?.user?.id;
  if (typeof authorId !== 'string' || authorId === '') return 'no-author';
  const writtenAt = Date.parse(message.createdDateTime);
  if (Number.isNaN(writtenAt)) return 'no-date';
  return { messageId: message.id, authorId: authorId.toLowerCase(), body: bodyOf(message), writtenAt };
}

export function bodyOf(message: Message): Body {
  const attachments = (message.attachments ?? []).map((attachment, index) => ({
    id: attachment.id ?? `unnamed ${index}`,
    contentType: attachment.contentType ?? '',
    name: attachment.name ?? null,
  }));
  return readTeams(message.body.content ?? '', message.body.contentType, attachments);
}

/** More than any message has. */
const wholeText = 1024 * 1024;

/** Whether two bodies say the same, whatever a network did to their markup and blanks. */
export function sameText(a: Body, b: Body): boolean {
  return quoteOf(a, wholeText) === quoteOf(b, wholeText);
}

/** Undefined where the presence does not say: a change notification's does not. */
export function remarksFrom({ statusMessage, outOfOfficeSettings }: Presence): Remarks | undefined {
  if (statusMessage === undefined) return undefined;
  const message = statusMessage?.message;
  return fromTeamsRemarks({
    statusMessage: message ? { content: message.content ?? '', contentType: message.contentType } : undefined,
    outOfOffice:
      outOfOfficeSettings?.isOutOfOffice === true ? (outOfOfficeSettings.message ?? '') : undefined,
  });
}
