/** `@odata.context` values: what an answer is, in terms of the metadata document. */
export const contexts = {
  user: (base: string) => `${base}/$metadata#users/$entity`,
  users: (base: string) => `${base}/$metadata#users`,
  usersDelta: (base: string) => `${base}/$metadata#users/$delta`,
  chat: (base: string) => `${base}/$metadata#chats/$entity`,
  chats: (base: string) => `${base}/$metadata#chats`,
  member: (base: string, chat: string) =>
    `${base}/$metadata#chats('${encodeURIComponent(chat)}')/members/$entity`,
  members: (base: string, chat: string) => `${base}/$metadata#chats('${encodeURIComponent(chat)}')/members`,
  message: (base: string, chat: string) =>
    `${base}/$metadata#chats('${encodeURIComponent(chat)}')/messages/$entity`,
  messages: (base: string, chat: string) => `${base}/$metadata#chats('${encodeURIComponent(chat)}')/messages`,
  exported: (base: string) => `${base}/$metadata#Collection(chatMessage)`,
  presence: (base: string, user: string) => `${base}/$metadata#users('${user}')/presence/$entity`,
  presences: (base: string) => `${base}/$metadata#Collection(microsoft.graph.presence)`,
  subscription: (base: string) => `${base}/$metadata#subscriptions/$entity`,
  subscriptions: (base: string) => `${base}/$metadata#subscriptions`,
} as const;
