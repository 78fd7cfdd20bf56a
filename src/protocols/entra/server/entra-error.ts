/**
 * The errors this server can give, by their AADSTS number: the OAuth error they come as, the status, and the
 * sentence. Numbers, errors and the meaning of the sentences follow Entra's published list.
 */
const catalogue = {
  900144: {
    error: 'invalid_request',
    status: 400,
    text: "The request body must contain the following parameter: '{0}'.",
  },
  90002: {
    error: 'invalid_tenant',
    status: 400,
    text: "Tenant '{0}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
  },
  90014: { error: 'invalid_request', status: 400, text: "The required field '{0}' is missing or malformed." },
  9001023: {
    error: 'invalid_request',
    status: 400,
    text: 'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  },
  50059: {
    error: 'invalid_request',
    status: 400,
    text: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
  },
  70003: {
    error: 'unsupported_grant_type',
    status: 400,
    text: "The app requested an unsupported grant type '{0}'.",
  },
  700016: {
    error: 'unauthorized_client',
    status: 400,
    text: "Application with identifier '{0}' was not found in the directory '{1}'.",
  },
  7000215: { error: 'invalid_client', status: 401, text: "Invalid client secret provided for app '{0}'." },
  7000218: {
    error: 'invalid_client',
    status: 401,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  700025: {
    error: 'invalid_client',
    status: 401,
    text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  },
  50027: { error: 'invalid_client', status: 401, text: 'JWT token is invalid or malformed.' },
  700027: {
    error: 'invalid_client',
    status: 401,
    text: "The certificate with identifier used to sign the client assertion is not registered on application '{0}', or the signature is wrong.",
  },
  700024: {
    error: 'invalid_client',
    status: 401,
    text: 'Client assertion is not within its valid time range.',
  },
  700023: {
    error: 'invalid_client',
    status: 401,
    text: 'Client assertion audience claim does not match Realm issuer.',
  },
  50126: {
    error: 'invalid_grant',
    status: 400,
    text: 'Error validating credentials due to invalid username or password.',
  },
  50034: {
    error: 'invalid_grant',
    status: 400,
    text: 'The user account {0} does not exist in the {1} directory.',
  },
  50053: {
    error: 'invalid_grant',
    status: 400,
    text: 'The account is locked, you have tried to sign in too many times with an incorrect user ID or password.',
  },
  50057: { error: 'invalid_grant', status: 400, text: 'The user account is disabled.' },
  9002313: { error: 'invalid_grant', status: 400, text: 'Invalid request. Request is malformed or invalid.' },
  700082: {
    error: 'invalid_grant',
    status: 400,
    suberror: 'bad_token',
    text: 'The refresh token has expired due to inactivity.',
  },
  50173: {
    error: 'invalid_grant',
    status: 400,
    suberror: 'bad_token',
    text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  },
  700005: {
    error: 'invalid_grant',
    status: 400,
    text: 'The provided authorization code or refresh token was issued to another application or tenant.',
  },
  70008: {
    error: 'invalid_grant',
    status: 400,
    text: 'The provided authorization code or refresh token has expired. Send a new interactive authorization request.',
  },
  54005: {
    error: 'invalid_grant',
    status: 400,
    text: 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.',
  },
  501481: {
    error: 'invalid_grant',
    status: 400,
    text: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  50011: {
    error: 'invalid_request',
    status: 400,
    text: "The redirect URI '{0}' specified in the request does not match the redirect URIs configured for the application '{1}'.",
  },
  500112: {
    error: 'invalid_grant',
    status: 400,
    text: 'The reply address does not match the reply address provided when requesting the authorization code.',
  },
  70011: {
    error: 'invalid_scope',
    status: 400,
    text: "The provided request must include a valid 'scope' input parameter. The scope {0} is not valid.",
  },
  1002012: {
    error: 'invalid_scope',
    status: 400,
    text: 'The provided value for scope {0} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.',
  },
  500011: {
    error: 'invalid_resource',
    status: 400,
    text: 'The resource principal named {0} was not found in the tenant.',
  },
  700054: {
    error: 'unsupported_response_type',
    status: 400,
    text: "response_type '{0}' is not enabled for the application.",
  },
  900561: { error: 'invalid_request', status: 405, text: 'The endpoint only accepts {0} requests.' },
  50058: {
    error: 'login_required',
    status: 400,
    text: 'Session information is not sufficient for single-sign-on: a silent sign-in request was sent but no user is signed in.',
  },
  65004: { error: 'access_denied', status: 400, text: 'User declined to sign in.' },
  90033: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'A transient error has occurred. Please try again.',
  },
} as const satisfies Record<number, EntraRule>;

interface EntraRule {
  readonly error: string;
  readonly status: number;
  readonly text: string;
  readonly suberror?: string;
}

/** The number after `AADSTS`. */
export type AadSts = keyof typeof catalogue;

/** A refusal by the sign-in server, in Entra's words. Its message carries no secret. */
export class EntraError extends Error {
  override name = 'EntraError';
  readonly code: AadSts;
  readonly error: string;
  readonly status: number;
  readonly suberror: string | undefined;
  /** `values` fill the sentence's places in order. */
  constructor(code: AadSts, ...values: readonly string[]) {
    const rule: EntraRule = catalogue[code];
    super(
      `AADSTS${code}: ${rule.text.replace(/\{(\d)\}/g, (_, place: string) => values[Number(place)] ?? '')}`,
    );
    this.code = code;
    this.error = rule.error;
    this.status = rule.status;
    this.suberror = rule.suberror;
  }
}

export interface EntraErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly suberror?: string;
}

/** The answer's body. `description` of Entra ends in the ids, so that a user can read them out to support. */
export function errorBody(
  error: EntraError,
  traceId: string,
  correlationId: string,
  now: number,
): EntraErrorBody {
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    error: error.error,
    error_description: `${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(error.suberror === undefined ? {} : { suberror: error.suberror }),
  };
}
