import { decodeJwt } from 'jose';
import { Agent } from 'undici';
import { trusting } from '../../connectors/teams/trust.ts';
import type { Clock } from '../../core/clock.ts';
import { createApplicationTokens } from '../../protocols/entra/client/application-tokens.ts';
import {
  type EntraAppOptions,
  redeem,
  type TokenFailure,
} from '../../protocols/entra/client/token-endpoint.ts';
import type { Config, TenantConfig } from '../config/config.ts';
import { checkClock } from './clock-skew.ts';
import { doubtful, type Finding, notChecked, right, wrong } from './finding.ts';

/** Application permissions that the gateway cannot work without. */
const neededRoles = [
  'User.Read.All',
  'Chat.Create',
  'Chat.Read.All',
  'Presence.Read.All',
  'Presence.ReadWrite.All',
] as const;

/** Signs in to a tenant as the gateway would, and asks Graph one cheap question. Writes nothing. */
export async function checkTenant(
  teams: Config['teams'],
  tenant: TenantConfig,
  clock: Clock,
): Promise<readonly Finding[]> {
  await using dispatcher = agentOf(teams.ca);
  const { id, clientId, credential, domain } = tenant;
  const entra: EntraAppOptions = {
    authority: teams.authority,
    tenant: id,
    clientId,
    credential,
    dispatcher: dispatcher.agent,
    clock,
  };
  const subject = `tenant ${domain}`;
  const application = await createApplicationTokens(entra).token();
  if (!application.ok) return [signInFailed(`${subject}, sign-in`, application.failure, teams.authority)];
  const [graph, account] = await Promise.all([
    askGraph(`${subject}, Graph`, teams.graph, application.token, dispatcher.agent, clock),
    checkAccount(`${subject}, gateway account`, tenant, entra),
  ]);
  return [checkRoles(`${subject}, permissions`, application.token), ...graph, account];
}

function agentOf(ca: string | undefined): AsyncDisposable & { readonly agent: Agent } {
  const agent = new Agent({ connect: { secureContext: trusting(ca) } });
  return { agent, [Symbol.asyncDispose]: () => agent.destroy() };
}

function signInFailed(subject: string, failure: TokenFailure, authority: string): Finding {
  switch (failure.kind) {
    case 'refused':
      return wrong(
        subject,
        failure.detail,
        'Check clientId and secret or certificate of the app registration.',
      );
    case 'unavailable':
      return wrong(subject, failure.detail, `Check that this machine reaches ${authority}, and teams.ca.`);
  }
}

/** By the token's own claims: a role that was consented to a moment ago is in the next token only. */
function checkRoles(subject: string, token: string): Finding {
  const { roles } = decodeJwt<{ roles?: unknown }>(token);
  const granted = new Set(Array.isArray(roles) ? roles : []);
  const missing = neededRoles.filter((role) => !granted.has(role));
  if (missing.length === 0) return right(subject, 'all application permissions are granted');
  return wrong(
    subject,
    `not granted: ${missing.join(', ')}`,
    'Grant them to the app registration, with admin consent.',
  );
}

async function askGraph(
  subject: string,
  graph: string,
  token: string,
  dispatcher: Agent,
  clock: Clock,
): Promise<readonly Finding[]> {
  const cure = `Check that this machine reaches ${graph}, and teams.ca.`;
  try {
    const answer = await dispatcher.request({
      origin: new URL(graph).origin,
      path: `${new URL(graph).pathname.replace(/\/$/, '')}/v1.0/users?$top=1&$select=id`,
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      signal: AbortSignal.timeout(20_000),
    });
    await answer.body.dump();
    const { date } = answer.headers;
    const clocks = checkClock('Graph', Array.isArray(date) ? date[0] : date, clock.now());
    const finding =
      answer.statusCode === 200
        ? right(subject, 'answers')
        : wrong(
            subject,
            `answers ${answer.statusCode}`,
            'Look at the permissions; try again if it was 429 or 5xx.',
          );
    return [finding, ...clocks];
  } catch (error) {
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    return [wrong(subject, `does not answer (${String(code ?? name)})`, cure)];
  }
}

/** Tries the password where there is one; a refresh token is spent by trying, so it is left alone. */
async function checkAccount(subject: string, tenant: TenantConfig, entra: EntraAppOptions): Promise<Finding> {
  const { gatewayAccount } = tenant;
  if (!gatewayAccount)
    return doubtful(
      subject,
      'none: people without a linked account cannot be written for',
      'Configure gatewayAccount, or link everybody.',
    );
  const { upn, password } = gatewayAccount;
  if (password === undefined) return notChecked(subject, `${upn} is linked like a person`);
  const outcome = await redeem(entra, {
    grant_type: 'password',
    username: upn,
    password,
    scope: 'https://graph.microsoft.com/.default',
  });
  return outcome.ok
    ? right(subject, `${upn} can sign in`)
    : wrong(
        subject,
        `${upn}: ${outcome.failure.detail}`,
        'Check the password, and that no second factor is asked for.',
      );
}
