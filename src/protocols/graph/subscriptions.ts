export type ChangeType = 'created' | 'updated' | 'deleted';

export type LifecycleEvent = 'missed' | 'subscriptionRemoved' | 'reauthorizationRequired';

/** A subscription as Graph shows it; the certificate is never shown. */
export interface Subscription {
  readonly id: string;
  readonly resource: string;
  readonly applicationId: string;
  readonly changeType: string;
  readonly clientState: string | null;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly expirationDateTime: string;
  readonly creatorId: string;
  readonly includeResourceData: boolean | null;
  readonly latestSupportedTlsVersion: string;
  readonly encryptionCertificate: null;
  readonly encryptionCertificateId: string | null;
  readonly notificationQueryOptions: null;
  readonly notificationUrlAppId: null;
}

/** What `POST /subscriptions` takes. */
export interface NewSubscription {
  readonly changeType: string;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl?: string;
  readonly resource: string;
  readonly expirationDateTime: string;
  /** At most 128 characters; comes back in every notification. */
  readonly clientState?: string;
  readonly includeResourceData?: boolean;
  /** Base64 of an X.509 certificate (DER), or of the body of its PEM form. */
  readonly encryptionCertificate?: string;
  /** At most 128 characters. */
  readonly encryptionCertificateId?: string;
  readonly latestSupportedTlsVersion?: string;
}

export interface ResourceData {
  readonly '@odata.type': string;
  readonly '@odata.id': string;
  readonly '@odata.etag'?: string;
  readonly id: string;
  /** Presence only. */
  readonly availability?: string;
  readonly activity?: string;
}

export interface ChangeNotification {
  readonly id?: string;
  readonly subscriptionId: string;
  readonly subscriptionExpirationDateTime: string;
  readonly clientState?: string | null;
  readonly tenantId: string;
  readonly changeType: ChangeType;
  readonly resource: string;
  readonly resourceData: ResourceData;
  readonly encryptedContent?: EncryptedContent;
}

export interface LifecycleNotification {
  readonly subscriptionId: string;
  readonly subscriptionExpirationDateTime: string;
  readonly clientState?: string | null;
  readonly tenantId: string;
  readonly lifecycleEvent: LifecycleEvent;
}

/** Body of the POST to a subscriber; several subscriptions of several tenants may share one. */
export interface NotificationBatch<T = ChangeNotification | LifecycleNotification> {
  readonly value: readonly T[];
  /** One JWT for each app and tenant among the items; only beside encrypted content. */
  readonly validationTokens?: readonly string[];
}

/** All base64, except the thumbprint (hex of the certificate's SHA-1). */
export interface EncryptedContent {
  readonly data: string;
  readonly dataSignature: string;
  readonly dataKey: string;
  readonly encryptionCertificateId: string;
  readonly encryptionCertificateThumbprint: string;
}

/** The application that signs validation tokens: `appid` (v1) or `azp` (v2) in them. */
export const changeTrackingAppId = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Longest `clientState` and `encryptionCertificateId`, in characters. */
export const maxStateLength = 128;

/** Longest life in ms, by what is subscribed to. */
export const maxLifetime = { teamwork: 4_320 * 60_000, presence: 60 * 60_000 } as const;
