/**
 * Whether a link that an autodiscover answer carries may be followed, and credentials be sent to where it leads.
 * An answer that came over HTTPS is believed, as the documentation has it, but never down to plain HTTP. One that
 * came over plain HTTP is believed within its own host, within the domain of the sign-in address, and on hosts of
 * the list of trusted domains.
 */
export function mayFollow(from: URL, to: URL, trustedDomains: readonly string[]): boolean {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return false;
  if (from.protocol === 'https:') return to.protocol === 'https:';
  if (from.hostname === to.hostname) return true;
  return to.protocol === 'https:' && trustedDomains.some((domain) => isWithin(to.hostname, domain));
}

/** The host itself or one below it; letter case does not count. */
export function isWithin(host: string, domain: string): boolean {
  const [name, above] = [host.toLowerCase(), domain.toLowerCase()];
  return above !== '' && (name === above || name.endsWith(`.${above}`));
}
