import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * What this client uses of the answers it gets. Servers add properties and links at will, so nothing is closed;
 * what is not used is not asked for.
 */
const Link = Type.Object({ href: Type.String({ maxLength: 4096 }) });

export const AutodiscoverAnswer = Type.Object({
  _links: Type.Object({
    redirect: Type.Optional(Link),
    user: Type.Optional(Link),
    applications: Type.Optional(Link),
  }),
});

export const TokenAnswer = Type.Object({
  access_token: Type.String({ minLength: 1, maxLength: 16_384 }),
  /** Seconds. */
  expires_in: Type.Number({ minimum: 0 }),
});

export const TokenRefusal = Type.Object({ error: Type.String({ maxLength: 200 }) });

const Me = Type.Object({
  uri: Type.Optional(Type.String()),
  _links: Type.Object({
    self: Link,
    makeMeAvailable: Type.Optional(Link),
    presence: Type.Optional(Link),
    note: Type.Optional(Link),
    reportMyActivity: Type.Optional(Link),
  }),
});
export const MeAnswer = Me;

export const ApplicationAnswer = Type.Object({
  _links: Type.Object({ self: Link, events: Link, batch: Type.Optional(Link) }),
  _embedded: Type.Object({
    me: Me,
    people: Type.Object({
      _links: Type.Object({ presenceSubscriptions: Type.Optional(Link), search: Type.Optional(Link) }),
    }),
    communication: Type.Object({ _links: Type.Object({ startMessaging: Type.Optional(Link) }) }),
  }),
});

export const MessagingAnswer = Type.Object({
  state: Type.Optional(Type.String()),
  negotiatedMessageFormats: Type.Optional(Type.Array(Type.String())),
  _links: Type.Object({ sendMessage: Type.Optional(Link), stopMessaging: Type.Optional(Link) }),
});

export const PresenceSubscriptionAnswer = Type.Object({
  _links: Type.Object({ self: Link, addToPresenceSubscription: Type.Optional(Link) }),
});

export const ContactAnswer = Type.Object({
  uri: Type.String({ maxLength: 1024 }),
  name: Type.Optional(Type.String()),
  _links: Type.Object({
    self: Link,
    contactPresence: Type.Optional(Link),
    contactNote: Type.Optional(Link),
    contactSupportedModalities: Type.Optional(Link),
  }),
});
export type Contact = Static<typeof ContactAnswer>;

export const ContactPresenceAnswer = Type.Object({
  availability: Type.Optional(Type.String({ maxLength: 100 })),
  activity: Type.Optional(Type.String({ maxLength: 1000 })),
  lastActive: Type.Optional(Type.String({ maxLength: 100 })),
});
export type ContactPresence = Static<typeof ContactPresenceAnswer>;

export const ContactModalitiesAnswer = Type.Object({
  modalities: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
});

export const ContactNoteAnswer = Type.Object({
  message: Type.Optional(Type.String({ maxLength: 16_384 })),
  /** `Personal`, or `OutOfOffice` where the pool shows that instead. */
  type: Type.Optional(Type.String({ maxLength: 100 })),
});
export type ContactNote = Static<typeof ContactNoteAnswer>;

/** Only what tells whether they are still there. */
export const PresenceSubscriptionsAnswer = Type.Object({
  _embedded: Type.Optional(
    Type.Object({
      presenceSubscription: Type.Optional(
        Type.Union([PresenceSubscriptionAnswer, Type.Array(PresenceSubscriptionAnswer)]),
      ),
    }),
  ),
});

export const SearchAnswer = Type.Object({
  _embedded: Type.Optional(Type.Object({ contact: Type.Optional(Type.Unknown()) })),
});

export const checks = {
  autodiscover: Compile(AutodiscoverAnswer),
  token: Compile(TokenAnswer),
  tokenRefusal: Compile(TokenRefusal),
  me: Compile(MeAnswer),
  application: Compile(ApplicationAnswer),
  messaging: Compile(MessagingAnswer),
  presenceSubscription: Compile(PresenceSubscriptionAnswer),
  contact: Compile(ContactAnswer),
  contactPresence: Compile(ContactPresenceAnswer),
  contactModalities: Compile(ContactModalitiesAnswer),
  contactNote: Compile(ContactNoteAnswer),
  presenceSubscriptions: Compile(PresenceSubscriptionsAnswer),
  search: Compile(SearchAnswer),
};
