import { createHash, randomBytes } from 'node:crypto';
import { type EntraAppOptions, redeem, type TokenFailure } from './token-endpoint.ts';

export interface SignInOrder {
  /** Registered with the application. */
  readonly redirectUri: string;
  /** Permissions asked for, space-separated; what is needed to stay signed in and to know the user is added. */
  readonly scope: string;
  /** Comes back with the code: ties the answer to the browser that asked. */
  readonly state: string;
  /** Filled into the form. */
  readonly loginHint?: string;
}

/** A sign-in under way in somebody's browser. `verifier` is kept by whoever redeems the code, never shown. */
export interface StartedSignIn {
  readonly url: string;
  readonly verifier: string;
}

export type FinishedSignIn =
  | {
      readonly ok: true;
      readonly refreshToken: string;
      readonly tenantId: string;
      /** Object id, lower case. */
      readonly userId: string;
    }
  | { readonly ok: false; readonly failure: TokenFailure };

const identityScopes = 'openid profile offline_access';

/** Where to send the browser; the account is chosen there anew, whoever is signed in. */
export function startSignIn(
  app: Pick<EntraAppOptions, 'authority' | 'tenant' | 'clientId'>,
  order: SignInOrder,
): StartedSignIn {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: app.clientId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: order.redirectUri,
    scope: `${identityScopes} ${order.scope}`,
    state: order.state,
    prompt: 'select_account',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(order.loginHint === undefined ? {} : { login_hint: order.loginHint }),
  });
  return { url: `${app.authority}/${app.tenant}/oauth2/v2.0/authorize?${query.toString()}`, verifier };
}

/** Redeems the code that the browser brought back, and tells who signed in. */
export async function finishSignIn(
  app: EntraAppOptions,
  answer: { readonly code: string; readonly verifier: string } & Pick<SignInOrder, 'redirectUri' | 'scope'>,
): Promise<FinishedSignIn> {
  const outcome = await redeem(app, {
    grant_type: 'authorization_code',
    code: answer.code,
    code_verifier: answer.verifier,
    redirect_uri: answer.redirectUri,
    scope: `${identityScopes} ${answer.scope}`,
  });
  if (!outcome.ok) return outcome;
  const { refreshToken, identity } = outcome.tokens;
  if (refreshToken === undefined || identity === undefined) {
    return {
      ok: false,
      failure: { kind: 'refused', detail: 'sign-in gave no refresh token or no identity' },
    };
  }
  return { ok: true, refreshToken, ...identity };
}
