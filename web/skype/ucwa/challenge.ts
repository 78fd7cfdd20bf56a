/** Where a web ticket is had and how, from the pool's 401. */
export interface TicketOffer {
  readonly href: string;
  readonly grants: readonly string[];
}

/**
 * Reads the `MsRtcOAuth` part of `WWW-Authenticate`, wherever it stands among others. Pools quote `href`; the
 * documentation also shows it bare.
 */
export function readChallenge(header: string): TicketOffer | undefined {
  const part = /MsRtcOAuth\s+(.*)$/is.exec(header)?.[1];
  if (part === undefined) return undefined;
  const href = parameter(part, 'href');
  return href
    ? { href, grants: (parameter(part, 'grant_type') ?? '').split(',').map((g) => g.trim()) }
    : undefined;
}

function parameter(part: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|[\\s,])${name}=(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(part);
  return match?.[1] ?? match?.[2];
}
