import type { Fetch } from '../shared/http.ts';
import { parseHtml } from '../shared/richText/parse.ts';
import type { Sandbox } from '../shared/sandbox.ts';
import { TroubleError } from '../shared/trouble.ts';
import { type SkypeSession, startSkype } from './session.ts';
import { createUcwa } from './ucwa/client.ts';
import { type Credentials, discover, type Found } from './ucwa/discovery.ts';

/** Finds the person's pool, starting at the one their home suggests, and gets a web ticket there. */
export function findPool(fetch: Fetch, sandbox: Sandbox, credentials: Credentials): Promise<Found> {
  const home = sandbox.people.find((person) => person.address === credentials.address)?.home;
  const entry = sandbox.pools.find((pool) => pool.home === home) ?? sandbox.pools[0];
  if (!entry)
    throw new TroubleError({
      what: 'The gateway knows no Skype for Business pool.',
      cure: 'Start Isthmus with its embedded pools, then load the page again.',
    });
  const trusted = new Set(sandbox.pools.map((pool) => new URL(pool.discovery).origin));
  return discover(fetch, entry.discovery, trusted, credentials);
}

export function startAt(fetch: Fetch, found: Found): Promise<SkypeSession> {
  return startSkype({
    ucwa: createUcwa(fetch, found.applications, found.token),
    applications: found.applications,
    parseHtml,
    now: Date.now,
    newKey: () => crypto.randomUUID(),
  });
}
