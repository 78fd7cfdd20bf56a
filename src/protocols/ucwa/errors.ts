/** Codes of a failed request, each with its HTTP status. */
export const statusOf = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  ClientTimeout: 408,
  Conflict: 409,
  Gone: 410,
  PreconditionFailed: 412,
  EntityTooLarge: 413,
  UnsupportedMediaType: 415,
  PreconditionRequired: 428,
  TooManyRequests: 429,
  ServiceFailure: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type RequestErrorCode = keyof typeof statusOf;

/** Codes that occur in the `reason` of an event. */
export const reasonCodes = [
  'BadRequest',
  'Forbidden',
  'NotFound',
  'Conflict',
  'EntityTooLarge',
  'ServiceFailure',
  'Timeout',
  'LocalFailure',
  'RemoteFailure',
  'Informational',
  'Gone',
  'NotAcceptable',
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

/** Subcodes that matter to sign-in, IM and presence. A client must bear with others, and with none. */
export const subcodes = [
  'AlreadyExists',
  'AnonymousNotAllowed',
  'APIVersionNotSupported',
  'ApplicationNotFound',
  'AutoAccepted',
  'Busy',
  'CallbackChannelError',
  'CallTerminated',
  'Canceled',
  'ConnectedElsewhere',
  'ConversationNotFound',
  'Declined',
  'Denied',
  'DerivedConversation',
  'DeserializationFailure',
  'DestinationNotFound',
  'DoNotDisturb',
  'Ejected',
  'Ended',
  'EscalationFailed',
  'Expired',
  'FederationRequired',
  'Forwarded',
  'InactiveApplicationExpired',
  'InviteesOnly',
  'LimitExceeded',
  'MakeMeAvailableRequired',
  'MigrationInProgress',
  'Missed',
  'ModalityNotSupported',
  'NotAcceptable',
  'NotAllowed',
  'OperationNotSupported',
  'ParameterValidationFailure',
  'PGetReplaced',
  'ProvisioningDataUnavailable',
  'Redirected',
  'Removed',
  'RepliedWithOtherModality',
  'TemporarilyUnavailable',
  'ThreadIdAlreadyExists',
  'Timeout',
  'TooManyApplications',
  'TooManyContacts',
  'TooManyConversations',
  'TooManyGroups',
  'TooManyOnlineMeetings',
  'TooManyParticipants',
  'Unavailable',
  'Unreachable',
  'UnsupportedMediaType',
  'UserAgentNotAllowed',
] as const;

export type Subcode = (typeof subcodes)[number];

/** Why an operation failed: the `reason` of an event, and the same object as the body of a failed request. */
export interface Reason {
  readonly code: string;
  readonly subcode?: string;
  readonly message?: string;
  readonly debugInfo?: Readonly<Record<string, unknown>>;
  /** Only with 400: each bad input and what is wrong with it. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A failed request: thrown by the server's parts, answered at one place. */
export class UcwaError extends Error {
  override name = 'UcwaError';
  readonly code: RequestErrorCode;
  readonly subcode: Subcode | undefined;
  readonly parameters: Readonly<Record<string, string>> | undefined;

  constructor(
    code: RequestErrorCode,
    subcode: Subcode | undefined,
    message: string,
    parameters?: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.code = code;
    this.subcode = subcode;
    this.parameters = parameters;
  }

  get status(): number {
    return statusOf[this.code];
  }

  toReason(): Reason {
    return {
      code: this.code,
      ...(this.subcode ? { subcode: this.subcode } : {}),
      message: this.message,
      ...(this.parameters ? { parameters: this.parameters } : {}),
    };
  }
}

/** Input that names its bad fields, as the documentation prescribes for 400. */
export function badParameters(parameters: Readonly<Record<string, string>>): UcwaError {
  const names = Object.keys(parameters).join(', ');
  return new UcwaError(
    'BadRequest',
    'ParameterValidationFailure',
    `Invalid or missing: ${names}.`,
    parameters,
  );
}
