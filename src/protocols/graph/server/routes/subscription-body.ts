import { Type } from 'typebox';
import { parseInstant } from '../../dates.ts';
import { CertificateError, type EncryptionTarget, encryptionTarget } from '../../encryption.ts';
import { badRequest } from '../../errors.ts';
import { type ChangeType, maxStateLength } from '../../subscriptions.ts';
import { bodyReader } from '../route.ts';

const nullable = <T extends ReturnType<typeof Type.String>>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
const url = Type.String({ minLength: 1, maxLength: 2048 });

const readNew = bodyReader(
  Type.Object({
    changeType: Type.String({ minLength: 1 }),
    notificationUrl: url,
    lifecycleNotificationUrl: nullable(url),
    resource: Type.String({ minLength: 1, maxLength: 64 * 1024 }),
    expirationDateTime: Type.String(),
    clientState: Type.Optional(Type.String({ maxLength: maxStateLength })),
    includeResourceData: Type.Optional(Type.Boolean()),
    encryptionCertificate: Type.Optional(Type.String({ maxLength: 32 * 1024 })),
    encryptionCertificateId: Type.Optional(Type.String({ maxLength: maxStateLength })),
    latestSupportedTlsVersion: Type.Optional(
      Type.Union([Type.Literal('v1_0'), Type.Literal('v1_1'), Type.Literal('v1_2'), Type.Literal('v1_3')]),
    ),
    notificationQueryOptions: nullable(Type.String()),
  }),
);

/** @throws {GraphError} 400 */
export function readNewSubscription(body: unknown) {
  const given = readNew(body);
  if (typeof given.notificationQueryOptions === 'string') {
    throw badRequest("'notificationQueryOptions' is not supported for this resource");
  }
  return given;
}

const changeable: ReadonlySet<string> = new Set([
  'expirationDateTime',
  'encryptionCertificate',
  'encryptionCertificateId',
]);

const readChange = bodyReader(
  Type.Object({
    expirationDateTime: Type.Optional(Type.String()),
    encryptionCertificate: Type.Optional(Type.String({ maxLength: 32 * 1024 })),
    encryptionCertificateId: Type.Optional(Type.String({ maxLength: maxStateLength })),
  }),
);

/** @throws {GraphError} 400; among others for `lifecycleNotificationUrl`, which cannot be added later */
export function readRenewal(body: unknown) {
  const given = readChange(body);
  for (const name of Object.keys(given)) {
    if (!changeable.has(name) && !name.startsWith('@'))
      throw badRequest(`'${name}' of a subscription cannot be changed`);
  }
  return given;
}

export function readChangeTypes(text: string, supported: readonly ChangeType[]): readonly ChangeType[] {
  return text.split(',').map((word) => {
    const found = supported.find((type) => type === word.trim().toLowerCase());
    if (found) return found;
    throw badRequest(
      `'changeType' '${word.trim()}' is not supported for this resource: ${supported.join(', ')}`,
    );
  });
}

export function requireHttps(field: string, address: string): void {
  if (URL.parse(address)?.protocol !== 'https:') throw badRequest(`'${field}' must be an https address`);
}

const hour = 60 * 60_000;
/** Whoever asks for less gets this. */
const shortest = 45 * 60_000;

/** Unix ms. @throws {GraphError} 400 unless it is a date ahead of now and not beyond the resource's limit */
export function readExpiration(text: string, longest: number, now: number): number {
  const at = parseInstant(text);
  if (at === undefined) throw badRequest("'expirationDateTime' must be a date in ISO 8601 with an offset");
  if (at <= now) throw badRequest("'expirationDateTime' must lie in the future");
  if (at > now + longest) {
    throw badRequest(`Subscription expiration can only be ${longest / 60_000} minutes in the future.`);
  }
  return Math.max(at, now + Math.min(shortest, longest));
}

export function requireLifecycleUrl(
  lifecycleNotificationUrl: string | null,
  expiresAt: number,
  now: number,
): void {
  if (lifecycleNotificationUrl !== null || expiresAt <= now + hour) return;
  throw badRequest(
    'lifecycleNotificationUrl is a required property for subscription creation on this resource when the ' +
      'expirationDateTime value is set to greater than 1 hour.',
  );
}

interface Certificate {
  readonly includeResourceData?: boolean;
  readonly encryptionCertificate?: string;
  readonly encryptionCertificateId?: string;
}

/** Undefined where no resource data are asked for. @throws {GraphError} 400 */
export function readTarget(given: Certificate, now: number): EncryptionTarget | undefined {
  if (given.includeResourceData !== true) return undefined;
  const { encryptionCertificate: certificate, encryptionCertificateId: id } = given;
  if (!certificate) throw badRequest("'encryptionCertificate' is required when includeResourceData is true");
  if (!id) throw badRequest("'encryptionCertificateId' is required when includeResourceData is true");
  try {
    return encryptionTarget(id, certificate, now);
  } catch (error) {
    if (error instanceof CertificateError) throw badRequest(`'encryptionCertificate': ${error.message}`);
    throw error;
  }
}
