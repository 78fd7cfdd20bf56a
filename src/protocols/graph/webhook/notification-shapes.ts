import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** What a notification must have to be of use; what else it carries is let through unread. */
const common = {
  subscriptionId: Type.String({ minLength: 1, maxLength: 200 }),
  tenantId: Type.String({ minLength: 1, maxLength: 200 }),
  clientState: Type.Optional(Type.Union([Type.String({ maxLength: 256 }), Type.Null()])),
};

const Encrypted = Type.Object({
  data: Type.String(),
  dataSignature: Type.String(),
  dataKey: Type.String({ maxLength: 2048 }),
  encryptionCertificateId: Type.String({ maxLength: 256 }),
  encryptionCertificateThumbprint: Type.String({ maxLength: 256 }),
});

const Change = Type.Object({
  ...common,
  changeType: Type.Union([Type.Literal('created'), Type.Literal('updated'), Type.Literal('deleted')]),
  resource: Type.String({ maxLength: 2048 }),
  resourceData: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  encryptedContent: Type.Optional(Type.Union([Encrypted, Type.Null()])),
});
export type ChangeItem = Static<typeof Change>;
export const change = Compile(Change);

const Lifecycle = Type.Object({
  ...common,
  lifecycleEvent: Type.Union([
    Type.Literal('missed'),
    Type.Literal('subscriptionRemoved'),
    Type.Literal('reauthorizationRequired'),
  ]),
});
export type LifecycleItem = Static<typeof Lifecycle>;
export const lifecycle = Compile(Lifecycle);

/** Items are checked one by one, so that a bad one does not take the others with it. */
export const batch = Compile(
  Type.Object({
    value: Type.Array(Type.Unknown(), { maxItems: 10_000 }),
    validationTokens: Type.Optional(
      Type.Union([Type.Array(Type.String({ maxLength: 16_384 }), { maxItems: 100 }), Type.Null()]),
    ),
  }),
);
