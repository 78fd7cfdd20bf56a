import type { Authentication, ConnectionAuthentication } from './authentication.ts';

const application: ConnectionAuthentication = {
  kind: 'application',
  judge: async () => ({ kind: 'granted', headers: [] }),
  seal: (message) => message,
};

/**
 * A peer whose certificate names one of `hosts` is a trusted application: it acts for any person of the pool
 * without a password. All others prove themselves by `others`.
 */
export function trusting(hosts: Iterable<string>, others: Authentication): Authentication {
  const trusted = new Set(Array.from(hosts, (host) => host.toLowerCase()));
  return (peer) => {
    const { security } = peer;
    const names = security.kind === 'tls' ? (security.certificate?.names ?? []) : [];
    return names.some((name) => trusted.has(name)) ? application : others(peer);
  };
}
