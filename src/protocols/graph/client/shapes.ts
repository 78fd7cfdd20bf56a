import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** What this client relies on in Graph's resources; whatever else an answer carries is let through unread. */

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const OptionalText = Type.Optional(Nullable(Type.String()));

export const ItemBody = Type.Object({
  contentType: Type.Union([Type.Literal('text'), Type.Literal('html')]),
  content: Nullable(Type.String()),
});

const Identity = Type.Object({ id: OptionalText, displayName: OptionalText });
const IdentitySet = Type.Object({
  user: Type.Optional(Nullable(Identity)),
  application: Type.Optional(Nullable(Identity)),
});

export const Message = Type.Object({
  id: Type.String({ minLength: 1 }),
  chatId: OptionalText,
  messageType: Type.String(),
  createdDateTime: Type.String(),
  lastModifiedDateTime: OptionalText,
  deletedDateTime: OptionalText,
  from: Type.Optional(Nullable(IdentitySet)),
  body: ItemBody,
  attachments: Type.Optional(
    Type.Array(Type.Object({ id: OptionalText, contentType: OptionalText, name: OptionalText })),
  ),
});
export type Message = Static<typeof Message>;
export const message = Compile(Message);

export const Chat = Type.Object({
  id: Type.String({ minLength: 1 }),
  chatType: Type.String(),
  topic: OptionalText,
  tenantId: OptionalText,
});
export type Chat = Static<typeof Chat>;
export const chat = Compile(Chat);

export const Member = Type.Object({
  id: Type.String(),
  userId: OptionalText,
  tenantId: OptionalText,
  displayName: OptionalText,
});
export type Member = Static<typeof Member>;

export const ChatWithMembers = Type.Object({ ...Chat.properties, members: Type.Array(Member) });
export type ChatWithMembers = Static<typeof ChatWithMembers>;

/** A change notification carries the first three alone; then the others are unknown, not absent. */
export const Presence = Type.Object({
  id: Type.String({ minLength: 1 }),
  availability: Type.String(),
  activity: Type.String(),
  statusMessage: Type.Optional(Nullable(Type.Object({ message: Type.Optional(Nullable(ItemBody)) }))),
  outOfOfficeSettings: Type.Optional(
    Nullable(Type.Object({ message: OptionalText, isOutOfOffice: Type.Optional(Nullable(Type.Boolean())) })),
  ),
  /** Sorts as text: the later presence has the greater one. */
  sequenceNumber: OptionalText,
});
export type Presence = Static<typeof Presence>;
export const presence = Compile(Presence);

export const User = Type.Object({
  id: Type.String({ minLength: 1 }),
  userPrincipalName: OptionalText,
  displayName: OptionalText,
});
export type User = Static<typeof User>;

export const Subscription = Type.Object({
  id: Type.String({ minLength: 1 }),
  resource: Type.String(),
  expirationDateTime: Type.String(),
  notificationUrl: OptionalText,
  clientState: OptionalText,
});
export type Subscription = Static<typeof Subscription>;

/** A page of a collection. */
export const Page = Type.Object({
  value: Type.Array(Type.Unknown()),
  '@odata.nextLink': Type.Optional(Type.String()),
});
export const page = Compile(Page);
