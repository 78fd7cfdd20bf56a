import { type Static, type TSchema, Type } from 'typebox';

/**
 * What the schema of the configuration is made of. Every `description` completes the sentence "… is not …" of an error
 * message, and is what an editor shows beside the value.
 */
export const closed = { additionalProperties: false } as const;

export const section = <P extends Record<string, TSchema>>(description: string, properties: P) =>
  Type.Object(properties, { ...closed, description, default: {} });

export const text = (description: string) => Type.String({ minLength: 1, description });

export const file = (description: string) =>
  Type.String({
    minLength: 1,
    description: `${description}, as a path from the configuration file's folder`,
  });

/** Plain HTTP only reaches this machine: a token never crosses a network in clear. */
export const address = (what: string, options: { default?: string } = {}) =>
  Type.String({
    pattern: '^(https://[^/?#@]+|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d+)?)(/[^?#]*)?$',
    description: `${what}: an https address (http only on this machine) without query`,
    ...options,
  });

export const domain = Type.String({
  pattern: '^[a-z0-9-]+(\\.[a-z0-9-]+)+$',
  description: 'a domain in lower case, such as contoso.example',
});

export const guid = (what: string) =>
  Type.String({
    pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
    description: `${what}, a GUID`,
  });

export const personAddress = (what: string) =>
  Type.String({
    pattern: '^[^\\s@:]+@[^\\s@:]+\\.[^\\s@:]+$',
    description: `${what}, such as bob@contoso.example`,
  });

export const port = (fallback: number, what: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: fallback,
    description: `${what}, from 1 to 65535 (0: any free one)`,
  });

export const milliseconds = (fallback: number, minimum: number, maximum: number, what: string) =>
  Type.Integer({
    minimum,
    maximum,
    default: fallback,
    description: `${what}, in milliseconds from ${minimum} to ${maximum}`,
  });

export const whole = (fallback: number, minimum: number, maximum: number, what: string) =>
  Type.Integer({
    minimum,
    maximum,
    default: fallback,
    description: `${what}, from ${minimum} to ${maximum}`,
  });

/** A secret stands in the file, in a file of its own, or in an environment variable. */
export const secretSchema = Type.Union(
  [
    Type.String({ minLength: 1 }),
    Type.Object({ file: Type.String({ minLength: 1 }) }, closed),
    Type.Object({ env: Type.String({ minLength: 1 }) }, closed),
  ],
  { description: 'a secret: text, { file: … } or { env: … }', writeOnly: true },
);
export type SecretSource = Static<typeof secretSchema>;

export const certificate = Type.Object(
  { key: secretSchema, cert: file('the certificate chain in PEM') },
  { ...closed, description: 'a private key and its certificate' },
);

export const ca = Type.Optional(file('the authority that signs the certificates there, in PEM'));
