import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { fetch } from 'undici';
import type { KeySource } from '../../protocols/entra/verify.ts';

/** For connections that trust the machine's authorities and, where one is given, `ca` (PEM); shared by all of them. */
export function trusting(ca: string | undefined): SecureContext {
  return createSecureContext(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] });
}

/** The keys that sign-in publishes for every tenant, fetched over our own connections. */
export function keysOf(authority: string, dispatcher: Dispatcher): KeySource {
  return {
    kind: 'url',
    url: new URL(`${authority}/common/discovery/v2.0/keys`),
    fetch: async (url, { headers, method, redirect, signal }) => {
      const answer = await fetch(url, {
        headers: Object.fromEntries(headers.entries()),
        method,
        redirect,
        signal,
        dispatcher,
      });
      return new Response(await answer.text(), { status: answer.status });
    },
  };
}
