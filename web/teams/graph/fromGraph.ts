import { arrayAt, isRecord, recordAt, stringAt } from '../../shared/http.ts';
import { type ParseHtml, parseBody } from '../../shared/richText/parse.ts';
import { preview as previewOf } from '../../shared/richText/tree.ts';
import type { Chat, ChatMessage, ChatPreview, GraphPresence, User } from './types.ts';

/** A time of Graph as Unix ms; 0 for none. */
export function timeAt(value: unknown, ...path: readonly string[]): number {
  const at = Date.parse(stringAt(value, ...path));
  return Number.isNaN(at) ? 0 : at;
}

export function toUser(value: unknown): User {
  const address = (stringAt(value, 'userPrincipalName') || stringAt(value, 'mail')).toLowerCase();
  return { id: stringAt(value, 'id'), name: stringAt(value, 'displayName') || address, address };
}

export function toPresence(value: unknown, parse: ParseHtml): GraphPresence {
  const message = recordAt(value, 'statusMessage', 'message');
  const format = stringAt(message, 'contentType').toLowerCase() === 'html' ? 'html' : 'text';
  const isOut = recordAt(value, 'outOfOfficeSettings')['isOutOfOffice'] === true;
  return {
    availability: stringAt(value, 'availability'),
    activity: stringAt(value, 'activity'),
    note: previewOf(parseBody(format, stringAt(message, 'content').replace(pinned, ''), parse)),
    outOfOffice: isOut
      ? previewOf(parseBody('html', stringAt(value, 'outOfOfficeSettings', 'message'), parse))
      : undefined,
    lastActiveAt: undefined,
  };
}

/** COMPAT: Teams ends a status message that is to be shown to who writes with an element of its own, also in plain text. */
const pinned = /<pinnednote>\s*<\/pinnednote>/gi;

export function toPresences(value: unknown, parse: ParseHtml): Readonly<Record<string, GraphPresence>> {
  const list = arrayAt(value, 'value').map((one) => [stringAt(one, 'id'), toPresence(one, parse)] as const);
  return Object.fromEntries(list);
}

export function toChat(value: unknown, meId: string, parse: ParseHtml): Chat {
  return {
    id: stringAt(value, 'id'),
    topic: stringAt(value, 'topic'),
    others: arrayAt(value, 'members')
      .map(
        (member): User => ({
          id: stringAt(member, 'userId'),
          name: stringAt(member, 'displayName') || stringAt(member, 'email'),
          address: stringAt(member, 'email').toLowerCase(),
        }),
      )
      .filter((member) => member.id !== meId),
    preview: toChatPreview(isRecord(value) ? value['lastMessagePreview'] : undefined, parse),
    readUpTo: timeAt(value, 'viewpoint', 'lastMessageReadDateTime'),
    createdAt: timeAt(value, 'createdDateTime'),
  };
}

function toChatPreview(value: unknown, parse: ParseHtml): ChatPreview | undefined {
  const id = stringAt(value, 'id');
  if (id === '') return undefined;
  return {
    id,
    at: timeAt(value, 'createdDateTime'),
    fromId: authorOf(value).id,
    text: previewOf(contentOf(value, parse)),
  };
}

/** A message for the list, or undefined for what is not written by anybody (members added, chat renamed …). */
export function toMessage(value: unknown, parse: ParseHtml): ChatMessage | undefined {
  if (stringAt(value, 'messageType') !== 'message') return undefined;
  const author = authorOf(value);
  const deleted = stringAt(value, 'deletedDateTime') !== '';
  return {
    id: stringAt(value, 'id'),
    version: versionOf(value),
    at: timeAt(value, 'createdDateTime'),
    fromId: author.id,
    fromName: author.name,
    content: deleted ? [] : contentOf(value, parse),
    edited: stringAt(value, 'lastEditedDateTime') !== '',
    deleted,
    reactions: arrayAt(value, 'reactions').map((reaction) => drawn(stringAt(reaction, 'reactionType'))),
  };
}

/** Tells two states of one message apart without reading its text. */
export function versionOf(value: unknown): string {
  const reactions = arrayAt(value, 'reactions').map((reaction) => stringAt(reaction, 'reactionType'));
  return [stringAt(value, 'etag'), stringAt(value, 'lastModifiedDateTime'), ...reactions].join(' ');
}

function authorOf(value: unknown): { id: string; name: string } {
  const from = recordAt(value, 'from');
  const author = isRecord(from['user']) ? from['user'] : from['application'];
  return { id: stringAt(author, 'id'), name: stringAt(author, 'displayName') };
}

function contentOf(value: unknown, parse: ParseHtml) {
  const format = stringAt(value, 'body', 'contentType').toLowerCase() === 'html' ? 'html' : 'text';
  return parseBody(format, stringAt(value, 'body', 'content'), parse);
}

const named: Readonly<Record<string, string>> = {
  like: '👍',
  heart: '❤️',
  laugh: '😆',
  surprised: '😮',
  sad: '😢',
  angry: '😠',
};

function drawn(reaction: string): string {
  return Object.hasOwn(named, reaction) ? (named[reaction] ?? reaction) : reaction;
}
