import { registerSignIn } from '../protocols/entra/server/sign-in-server.ts';
import type { SigningKeys } from '../protocols/entra/signing-keys.ts';
import { mintValidationToken } from '../protocols/entra/validation-token.ts';
import { createTokenVerifier, TokenRejected } from '../protocols/entra/verify.ts';
import type { Change } from '../protocols/graph/server/notifier/change.ts';
import { createNotifier, type Notifier } from '../protocols/graph/server/notifier/notifier.ts';
import { createGraphServer } from '../protocols/graph/server/server.ts';
import type { Clock } from './clock.ts';
import { type ListeningAddress, type ListenOptions, serve } from './listen.ts';
import { createSandboxSignIn, type SignInWorld } from './sign-in/backend.ts';
import { createTeamsTenants, type TeamsTenants, type TeamsTenantsOptions } from './teams/tenants.ts';
import * as sandbox from './world.ts';

export interface TeamsServiceOptions extends ListenOptions {
  readonly clock: Clock;
  /** Kept by the caller, so that tokens outlive a restart. */
  readonly keys: SigningKeys;
  /** PEM of the authorities that notified addresses are checked against; left out: the machine's. */
  readonly ca?: string;
  /** Default: the sandbox's people and applications. */
  readonly world?: SignInWorld;
  readonly throttleLimits?: TeamsTenantsOptions['throttleLimits'];
  /** Default 3600. */
  readonly accessTokenSeconds?: number;
  /** Where clients reach it, without a slash at the end, if something stands in front; its own address unless given. */
  readonly publicUrl?: string;
  /** Told of every change right after it was made, beside the subscribers: for measuring. */
  readonly onChange?: (change: Change) => void;
}

/** The sandbox's Microsoft 365: sign-in and Graph v1.0 at one address. Disposing it stops everything. */
export interface TeamsService extends AsyncDisposable {
  readonly http: ListeningAddress;
  readonly https: ListeningAddress | undefined;
  readonly tenants: TeamsTenants;
  readonly notifier: Notifier;
}

/** @throws {ListenError} when a port cannot be had */
export async function startTeamsService(options: TeamsServiceOptions): Promise<TeamsService> {
  const { clock, keys, world = sandbox } = options;
  await using started = new AsyncDisposableStack();
  let publicUrl = '';

  const notifier = started.use(
    createNotifier({
      clock,
      mintValidationToken: (appId, tenantId) => mintValidationToken(keys, clock, { appId, tenantId }),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    }),
  );
  const tenants = started.use(
    createTeamsTenants({
      clock,
      emit: (change) => {
        options.onChange?.(change);
        notifier.publish(change);
      },
      people: world.people,
      ...(options.throttleLimits === undefined ? {} : { throttleLimits: options.throttleLimits }),
    }),
  );
  const known = new Set(world.tenants.map(({ id }) => id));
  const verify = createTokenVerifier({
    clock,
    keys: { kind: 'set', set: keys.publicSet },
    audience: 'https://graph.microsoft.com',
    issuer: (tenantId) => (known.has(tenantId) ? `${publicUrl}/${tenantId}/v2.0` : undefined),
  });
  const app = createGraphServer({
    backend: tenants,
    notifier,
    clock,
    verifyToken: (token) =>
      verify(token).catch((error: unknown) => {
        if (error instanceof TokenRejected) return undefined;
        throw error;
      }),
  });
  registerSignIn(
    app,
    {
      clock,
      keys,
      publicUrl: () => publicUrl,
      ...(options.accessTokenSeconds === undefined ? {} : { accessTokenSeconds: options.accessTokenSeconds }),
    },
    createSandboxSignIn(world),
  );
  const served = started.use(await serve(app, options));
  publicUrl = options.publicUrl ?? (served.https ?? served.http).url;
  const running = started.move();
  return {
    http: served.http,
    https: served.https,
    tenants,
    notifier,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
