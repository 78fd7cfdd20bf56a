import { AuthError, ConfidentialClientApplication, type NodeAuthOptions } from '@azure/msal-node';
import { msalNetwork } from './msal-network.ts';
import { type EntraAppOptions, type TokenFailure, thumbprintSha256 } from './token-endpoint.ts';

export interface ApplicationTokens {
  token(): Promise<
    { readonly ok: true; readonly token: string } | { readonly ok: false; readonly failure: TokenFailure }
  >;
  /** A resource refused the last token: the next one is asked for anew. */
  rejected(token: string): void;
}

const scopes = ['https://graph.microsoft.com/.default'];

/**
 * Tokens for our application in its own name, in one tenant; MSAL keeps and renews them.
 * @throws when the credential is `none`: an application must prove itself
 */
export function createApplicationTokens(options: EntraAppOptions): ApplicationTokens {
  const client = new ConfidentialClientApplication({
    auth: {
      clientId: options.clientId,
      authority: `${options.authority}/${options.tenant}`,
      knownAuthorities: [new URL(options.authority).host],
      ...credentialOf(options),
    },
    system: { networkClient: msalNetwork(options.dispatcher) },
  });
  let refused: string | undefined;
  let running: ReturnType<ApplicationTokens['token']> | undefined;

  const acquire = async (): ReturnType<ApplicationTokens['token']> => {
    try {
      const first = await client.acquireTokenByClientCredential({ scopes });
      const result =
        first !== null && first.accessToken === refused
          ? await client.acquireTokenByClientCredential({ scopes, skipCache: true })
          : first;
      if (result === null)
        return { ok: false, failure: { kind: 'unavailable', detail: 'sign-in: no token' } };
      return { ok: true, token: result.accessToken };
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  };

  return {
    token() {
      running ??= acquire().finally(() => {
        running = undefined;
      });
      return running;
    },
    rejected(token) {
      refused = token;
    },
  };
}

function credentialOf({ credential }: EntraAppOptions): Partial<NodeAuthOptions> {
  switch (credential.kind) {
    case 'none':
      throw new Error('an application needs a secret or a certificate to sign in in its own name');
    case 'secret':
      return { clientSecret: credential.secret };
    case 'certificate':
      return {
        clientCertificate: {
          thumbprintSha256: thumbprintSha256(credential.cert),
          privateKey: credential.key,
        },
      };
  }
}

const refusals: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_request',
  'invalid_tenant',
  'invalid_resource',
]);

/** Never MSAL's message: Entra's descriptions can name people. */
function failureOf(error: unknown): TokenFailure {
  if (error instanceof AuthError) {
    const code = /AADSTS\d+/.exec(error.message)?.[0];
    const detail = `sign-in: ${error.errorCode}${code === undefined ? '' : ` ${code}`}`;
    return { kind: refusals.has(error.errorCode) ? 'refused' : 'unavailable', detail };
  }
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return { kind: 'unavailable', detail: `sign-in: ${String(code ?? name)}` };
}
