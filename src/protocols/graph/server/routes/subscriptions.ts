import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { subscriptionDate } from '../../dates.ts';
import { GraphError } from '../../errors.ts';
import type { ChangeType, Subscription } from '../../subscriptions.ts';
import { creatorOf, type TokenClaims, userOf } from '../auth.ts';
import type { GraphBackend } from '../backend.ts';
import { contexts } from '../context.ts';
import type { Notifier } from '../notifier/notifier.ts';
import type { Registered } from '../notifier/registry.ts';
import { requirePermission } from '../permissions.ts';
import { type Answer, type Call, param, type Route } from '../route.ts';
import { parseResource, terms } from '../subscribable.ts';
import {
  readChangeTypes,
  readExpiration,
  readNewSubscription,
  readRenewal,
  readTarget,
  requireHttps,
  requireLifecycleUrl,
} from './subscription-body.ts';
import { listen } from './subscription-scope.ts';

export function subscriptionRoutes(
  backend: GraphBackend,
  notifier: Notifier,
  clock: Clock,
): readonly Route[] {
  const addressed = (call: Call): Registered => {
    const id = param(call, 'subscription');
    const found = notifier.registry.get(id);
    if (found === undefined || !owns(call.claims, found)) {
      throw new GraphError(404, 'ResourceNotFound', `The object was not found: subscription '${id}'.`);
    }
    return found;
  };
  return [
    { operation: 'POST /subscriptions', handle: (call) => create(backend, notifier, clock, call) },
    {
      operation: 'GET /subscriptions',
      handle({ claims, base }) {
        const value = [...notifier.registry.all()]
          .filter((one) => owns(claims, one))
          .map((one) => one.subscription);
        return { status: 200, body: { '@odata.context': contexts.subscriptions(base), value } };
      },
    },
    {
      operation: 'GET /subscriptions/{subscription}',
      handle: (call) => entity(200, call, addressed(call).subscription),
    },
    {
      operation: 'PATCH /subscriptions/{subscription}',
      handle(call) {
        const renewed = renewal(addressed(call), call.body, clock.now());
        notifier.renew(renewed);
        return entity(200, call, renewed.subscription);
      },
    },
    {
      operation: 'DELETE /subscriptions/{subscription}',
      handle(call) {
        notifier.unsubscribe(addressed(call).subscription.id);
        return { status: 204 };
      },
    },
    {
      operation: 'POST /subscriptions/{subscription}/reauthorize',
      handle(call) {
        const { subscription } = addressed(call);
        requirePermission(terms[parseResource(subscription.resource).kind].permission, call.claims);
        return { status: 204 };
      },
    },
  ];
}

async function create(backend: GraphBackend, notifier: Notifier, clock: Clock, call: Call): Promise<Answer> {
  const { claims } = call;
  const given = readNewSubscription(call.body);
  const resource = parseResource(given.resource);
  const { permission, changeTypes, maxLifetime } = terms[resource.kind];
  requirePermission(permission, claims);
  const wanted = readChangeTypes(given.changeType, changeTypes);
  requireHttps('notificationUrl', given.notificationUrl);
  const lifecycleNotificationUrl = given.lifecycleNotificationUrl ?? null;
  if (lifecycleNotificationUrl !== null) requireHttps('lifecycleNotificationUrl', lifecycleNotificationUrl);
  const expiresAt = readExpiration(given.expirationDateTime, maxLifetime, clock.now());
  requireLifecycleUrl(lifecycleNotificationUrl, expiresAt, clock.now());
  const target = readTarget(given, clock.now());
  const { topics, quota } = await listen(backend, call, resource);
  notifier.registry.requireRoom(claims.tenantId, quota);

  await notifier.validate('notificationUrl', given.notificationUrl);
  if (lifecycleNotificationUrl !== null)
    await notifier.validate('lifecycleNotificationUrl', lifecycleNotificationUrl);

  const subscription: Subscription = {
    id: randomUUID(),
    resource: given.resource,
    applicationId: claims.appId,
    changeType: given.changeType,
    clientState: given.clientState ?? null,
    notificationUrl: given.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl,
    expirationDateTime: subscriptionDate(expiresAt),
    creatorId: creatorOf(claims),
    includeResourceData: given.includeResourceData ?? null,
    latestSupportedTlsVersion: given.latestSupportedTlsVersion ?? 'v1_2',
    encryptionCertificate: null,
    encryptionCertificateId: given.encryptionCertificateId ?? null,
    notificationUrlAppId: null,
  };
  notifier.subscribe({
    subscription,
    tenantId: claims.tenantId,
    userId: userOf(claims),
    topics,
    changeTypes: new Set<ChangeType>(wanted),
    expiresAt,
    target,
    quota,
  });
  return entity(201, call, subscription);
}

/** @throws {GraphError} 400 */
function renewal(registered: Registered, body: unknown, now: number): Registered {
  const given = readRenewal(body);
  const { subscription } = registered;
  const { maxLifetime } = terms[parseResource(subscription.resource).kind];
  const expiresAt =
    given.expirationDateTime === undefined
      ? registered.expiresAt
      : readExpiration(given.expirationDateTime, maxLifetime, now);
  requireLifecycleUrl(subscription.lifecycleNotificationUrl, expiresAt, now);
  const rotates = given.encryptionCertificate !== undefined || given.encryptionCertificateId !== undefined;
  const target = rotates
    ? readTarget({ ...given, includeResourceData: subscription.includeResourceData ?? false }, now)
    : registered.target;
  return {
    ...registered,
    expiresAt,
    target,
    subscription: {
      ...subscription,
      expirationDateTime: subscriptionDate(expiresAt),
      encryptionCertificateId: given.encryptionCertificateId ?? subscription.encryptionCertificateId,
    },
  };
}

/** An application deals with its own subscriptions; with a user's token, with that user's. */
function owns(claims: TokenClaims, { tenantId, subscription }: Registered): boolean {
  return (
    tenantId === claims.tenantId &&
    subscription.applicationId === claims.appId &&
    (claims.kind === 'application' || subscription.creatorId === claims.userId)
  );
}

function entity(status: number, { base }: Call, subscription: Subscription): Answer {
  return { status, body: { '@odata.context': contexts.subscription(base), ...subscription } };
}
