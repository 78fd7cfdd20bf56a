import type { Fetch } from '../../shared/http.ts';
import { parseHtml } from '../../shared/richText/parse.ts';
import type { Sandbox } from '../../shared/sandbox.ts';
import type { Trouble } from '../../shared/trouble.ts';
import { createGraph } from '../graph/client.ts';
import { startTeams, type TeamsSession } from '../session.ts';
import { authorizeUrl, discoverEndpoints, type Grant, requestTokens, type Tokens } from './grants.ts';
import { forgetTokens, keepAsked, keepTokens, type TabStorage } from './kept.ts';
import { createPkce } from './pkce.ts';
import { createTokenKeeper } from './tokenKeeper.ts';

/** What sign-in needs of the browser. */
export interface SignInSurroundings {
  readonly fetch: Fetch;
  readonly storage: TabStorage;
  readonly sandbox: Sandbox;
  /** The client's sign-in ended by itself. */
  readonly ended: (trouble: Trouble) => void;
}

/** Leaves for the sign-in page of the organisation, which comes back to `redirectUri` with a code. */
export async function leaveForSignIn(
  env: SignInSurroundings,
  redirectUri: string,
  loginHint: string,
  go: (url: string) => void,
): Promise<void> {
  const endpoints = await discoverEndpoints(env.fetch, env.sandbox.authority, new AbortController().signal);
  const { verifier, challenge } = await createPkce((bytes) => crypto.getRandomValues(bytes));
  const state = crypto.randomUUID();
  keepAsked(env.storage, { state, verifier });
  go(
    authorizeUrl(endpoints.authorize, {
      clientId: env.sandbox.clientId,
      redirectUri,
      state,
      challenge,
      loginHint,
    }),
  );
}

/** Exchanges a grant for tokens and starts the client with them. */
export async function signInWith(env: SignInSurroundings, grant: Grant): Promise<TeamsSession> {
  const endpoints = await discoverEndpoints(env.fetch, env.sandbox.authority, new AbortController().signal);
  const tokens = await requestTokens(env.fetch, endpoints.token, env.sandbox.clientId, grant, Date.now);
  keepTokens(env.storage, tokens);
  return resume(env, tokens);
}

/** Starts the client with tokens that this tab holds already. */
export async function resume(env: SignInSurroundings, tokens: Tokens): Promise<TeamsSession> {
  const { sandbox, storage, fetch } = env;
  const refresh = async (refreshToken: string): Promise<Tokens> => {
    const endpoints = await discoverEndpoints(fetch, sandbox.authority, new AbortController().signal);
    const grant: Grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return requestTokens(fetch, endpoints.token, sandbox.clientId, grant, Date.now);
  };
  const keeper = createTokenKeeper(tokens, refresh, (renewed) => keepTokens(storage, renewed), Date.now);
  const session = await startTeams({
    graph: createGraph(fetch, sandbox.graph, keeper),
    clientId: sandbox.clientId,
    parseHtml,
    isHidden: () => document.hidden,
    now: Date.now,
    newKey: () => crypto.randomUUID(),
    ended: env.ended,
  });
  return {
    ...session,
    signOut: async () => {
      forgetTokens(storage);
      await session.signOut();
    },
  };
}
