import { call, type Fetch, readJson, stringAt } from '../../shared/http.ts';
import { TroubleError } from '../../shared/trouble.ts';
import { readChallenge, type TicketOffer } from './challenge.ts';
import { linkOf } from './hal.ts';

/** Where a person's applications live and what opens them. */
export interface Found {
  readonly applications: string;
  readonly token: string;
}

export interface Credentials {
  readonly address: string;
  readonly password: string;
}

const maxRedirects = 4;

/**
 * Autodiscovery from `entry`: root, user resource, web ticket, applications; a person homed on another pool is
 * followed there, with a ticket of that pool. Redirects are followed to `trusted` origins alone.
 */
export async function discover(
  fetch: Fetch,
  entry: string,
  trusted: ReadonlySet<string>,
  credentials: Credentials,
): Promise<Found> {
  let root = entry;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const found = await discoverAt(fetch, root, credentials);
    if (typeof found !== 'string') return found;
    root = checked(found, root, trusted);
  }
  throw new TroubleError({
    what: 'The pools send this account round in circles.',
    cure: 'Ask your administrator to check where the account is homed.',
  });
}

/** One pool's answer: the applications, or the address of another pool. */
async function discoverAt(fetch: Fetch, root: string, credentials: Credentials): Promise<Found | string> {
  const rootAnswer = await getJson(fetch, root, undefined);
  const elsewhere = linkOf(rootAnswer.body, 'redirect');
  if (elsewhere) return new URL(elsewhere, root).href;
  const userLink = linkOf(rootAnswer.body, 'user');
  if (!userLink) throw notAPool(root, rootAnswer.status);
  const user = new URL(userLink, root).href;

  const challenged = await getJson(fetch, user, undefined);
  const offer = readChallenge(challenged.challenge);
  if (challenged.status !== 401 || !offer) throw notAPool(user, challenged.status);
  const token = await requestTicket(fetch, user, offer, credentials);

  const answer = await getJson(fetch, user, token);
  const redirect = linkOf(answer.body, 'redirect');
  if (redirect) return new URL(redirect, user).href;
  const applications = linkOf(answer.body, 'applications');
  if (!applications) throw notAPool(user, answer.status);
  return { applications: new URL(applications, user).href, token };
}

async function requestTicket(
  fetch: Fetch,
  base: string,
  offer: TicketOffer,
  { address, password }: Credentials,
): Promise<string> {
  if (!offer.grants.includes('password'))
    throw new TroubleError({
      what: 'The pool takes no passwords.',
      cure: 'Ask your administrator to allow the password grant for web tickets.',
    });
  const response = await call(fetch, 'Skype for Business', new URL(offer.href, base).href, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    body: new URLSearchParams({ grant_type: 'password', username: address, password }).toString(),
  });
  const body = await readJson(response);
  const token = stringAt(body, 'access_token');
  if (response.ok && token) return token;
  throw new TroubleError(
    stringAt(body, 'error') === 'invalid_grant' || response.status === 400
      ? {
          what: 'Skype for Business refused the sign-in.',
          cure: 'Check the sign-in address and the password. The account must be enabled for Skype for Business.',
        }
      : { what: `The pool gave no web ticket (HTTP ${response.status}).`, cure: 'Try again later.' },
  );
}

async function getJson(fetch: Fetch, url: string, token: string | undefined) {
  const response = await call(fetch, 'Skype for Business', url, {
    headers: { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    body: await readJson(response),
  };
}

function checked(next: string, from: string, trusted: ReadonlySet<string>): string {
  if (next === from || trusted.has(new URL(next).origin)) return next;
  throw new TroubleError({
    what: `The pool points to ${new URL(next).origin}, which is not a pool of this organisation.`,
    cure: 'Nothing was sent there. Ask your administrator to check the pools of the configuration.',
  });
}

function notAPool(url: string, status: number): TroubleError {
  return new TroubleError({
    what: `There is no Skype for Business pool at ${new URL(url).origin} (HTTP ${status}).`,
    cure: 'Check that Isthmus is running with its embedded pools.',
  });
}
