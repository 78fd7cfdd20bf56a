import { type Static, Type } from 'typebox';
import { badRequest, tooLarge } from '../../errors.ts';
import type { ChatMessageAttachment, ChatMessageMention, ItemBody } from '../../resources.ts';
import type { MessageChange, MessageDraft } from '../backend.ts';
import { bodyReader } from '../route.ts';

/** About what Teams takes in one message, in bytes of UTF-8: text, markup, mentions and attachments together. */
export const maxMessageBytes = 28 * 1024;

const maxAttachments = 10;

const nullable = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);

const itemBody = Type.Object({
  contentType: Type.Optional(Type.Union([Type.Literal('text'), Type.Literal('html')])),
  content: Type.String(),
});

const mention = Type.Object({
  id: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
  mentionText: Type.String({ minLength: 1 }),
  mentioned: Type.Object({
    user: Type.Object({
      id: Type.String({ minLength: 1 }),
      displayName: Type.Optional(nullable(Type.String())),
      userIdentityType: Type.Union([
        Type.Literal('aadUser'),
        Type.Literal('onPremiseAadUser'),
        Type.Literal('federatedUser'),
      ]),
    }),
  }),
});

const attachment = Type.Object({
  id: Type.Optional(nullable(Type.String())),
  contentType: Type.Optional(nullable(Type.String())),
  contentUrl: Type.Optional(nullable(Type.String())),
  content: Type.Optional(nullable(Type.String())),
  name: Type.Optional(nullable(Type.String())),
  thumbnailUrl: Type.Optional(nullable(Type.String())),
});

const draftProperties = {
  subject: Type.Optional(nullable(Type.String({ maxLength: 255 }))),
  importance: Type.Optional(
    Type.Union([Type.Literal('normal'), Type.Literal('high'), Type.Literal('urgent')]),
  ),
  mentions: Type.Optional(Type.Array(mention)),
  attachments: Type.Optional(Type.Array(attachment, { maxItems: maxAttachments })),
};

/** What the service alone decides outside of a migration. */
const refused = ['from', 'createdDateTime', 'hostedContents'] as const;

const readNewMessage = bodyReader(Type.Object({ body: itemBody, ...draftProperties }));
const readChange = bodyReader(
  Type.Object({
    body: Type.Optional(itemBody),
    ...draftProperties,
    policyViolation: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  }),
);

/** @throws {GraphError} 400 or 413 */
export function readDraft(body: unknown): MessageDraft {
  const given = readNewMessage(body);
  refuseReadOnly(body);
  const item = toItemBody(given.body);
  requireFit(item, given);
  const mentions = toMentions(given.mentions ?? [], item);
  const attachments = toAttachments(given.attachments ?? []);
  if (item.content.trim() === '' && attachments.length === 0)
    throw badRequest("'body.content' must not be empty");
  return {
    body: item,
    subject: given.subject ?? null,
    importance: given.importance ?? 'normal',
    mentions,
    attachments,
  };
}

/** @throws {GraphError} 400 or 413 */
export function readMessageChange(body: unknown): MessageChange {
  const given = readChange(body);
  refuseReadOnly(body);
  const item = given.body && toItemBody(given.body);
  requireFit(item, given);
  return {
    ...(item && { body: item }),
    ...(given.subject !== undefined && { subject: given.subject }),
    ...(given.importance !== undefined && { importance: given.importance }),
    ...(given.mentions && { mentions: toMentions(given.mentions, item) }),
    ...(given.attachments && { attachments: toAttachments(given.attachments) }),
    ...(given.policyViolation !== undefined && { policyViolation: given.policyViolation }),
  };
}

function refuseReadOnly(body: unknown): void {
  for (const name of refused) {
    if (Object.hasOwn(body as object, name))
      throw badRequest(`'${name}' cannot be set in a chat message here`);
  }
}

function toItemBody(body: Static<typeof itemBody>): ItemBody {
  return { contentType: body.contentType ?? 'text', content: body.content };
}

function requireFit(
  body: ItemBody | undefined,
  rest: { mentions?: unknown[]; attachments?: unknown[] },
): void {
  let bytes = body === undefined ? 0 : Buffer.byteLength(body.content);
  for (const list of [rest.mentions, rest.attachments]) {
    if (list !== undefined && list.length > 0) bytes += Buffer.byteLength(JSON.stringify(list));
  }
  if (bytes > maxMessageBytes) throw tooLarge();
}

function toMentions(mentions: Static<typeof mention>[], body: ItemBody | undefined): ChatMessageMention[] {
  return mentions.map((given, index) => {
    const tag = new RegExp(`<at id=["']?${given.id}["']?\\s*>`, 'i');
    if (body !== undefined && (body.contentType !== 'html' || !tag.test(body.content))) {
      throw badRequest(`'mentions.${index}' has no <at id="${given.id}"> in an html 'body.content'`);
    }
    const { user } = given.mentioned;
    return {
      id: given.id,
      mentionText: given.mentionText,
      mentioned: {
        application: null,
        device: null,
        conversation: null,
        user: {
          '@odata.type': '#microsoft.graph.teamworkUserIdentity',
          id: user.id,
          displayName: user.displayName ?? given.mentionText,
          userIdentityType: user.userIdentityType,
        },
      },
    };
  });
}

function toAttachments(attachments: Static<typeof attachment>[]): ChatMessageAttachment[] {
  return attachments.map((given) => ({
    id: given.id ?? null,
    contentType: given.contentType ?? null,
    contentUrl: given.contentUrl ?? null,
    content: given.content ?? null,
    name: given.name ?? null,
    thumbnailUrl: given.thumbnailUrl ?? null,
  }));
}
