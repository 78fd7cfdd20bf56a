const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether an application may have its answer sent to `uri`. Exact match; on loopback the port does not count
 * (RFC 8252, 7.3); a registered `*` at the end stands for any rest of the path.
 */
export function allowsRedirect(registered: readonly string[], uri: string): boolean {
  const asked = parse(uri);
  if (asked === undefined || asked.username !== '' || asked.password !== '' || asked.hash !== '')
    return false;
  return registered.some((entry) => {
    const known = parse(entry);
    if (known === undefined || known.protocol !== asked.protocol) return false;
    const samePlace = loopback.has(known.hostname)
      ? known.hostname === asked.hostname
      : known.host === asked.host;
    if (!samePlace) return false;
    if (entry.endsWith('*')) return asked.pathname.startsWith(known.pathname.slice(0, -1));
    return known.pathname === asked.pathname && known.search === asked.search;
  });
}

function parse(uri: string): URL | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}
