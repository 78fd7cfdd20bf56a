import { X509Certificate } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { doubtful, type Finding, right, wrong } from './finding.ts';

const dayMs = 86_400_000;
const soonDays = 30;

/** How long the gateway's own certificates are good for. @param now Unix ms */
export function checkCertificates(config: Config, now: number): readonly Finding[] {
  const own: [string, string][] = config.listen.tls ? [['listen.tls.cert', config.listen.tls.cert]] : [];
  for (const { domain, credential } of config.teams.tenants)
    if (credential.kind === 'certificate') own.push([`certificate of tenant ${domain}`, credential.cert]);
  return own.map(([subject, pem]) => checkCertificate(subject, pem, now));
}

/** @param pem a chain counts by its first certificate */
export function checkCertificate(subject: string, pem: string, now: number): Finding {
  const { validToDate, validFromDate } = new X509Certificate(pem);
  const lastDay = validToDate.toISOString().slice(0, 10);
  const renew = 'Renew the certificate and restart the gateway.';
  if (validToDate.getTime() <= now) return wrong(subject, `expired on ${lastDay}`, renew);
  if (validFromDate.getTime() > now)
    return wrong(
      subject,
      `good only from ${validFromDate.toISOString()}`,
      'Check the clock of this machine.',
    );
  const days = Math.floor((validToDate.getTime() - now) / dayMs);
  return days < soonDays
    ? doubtful(subject, `good for ${days} more days`, renew)
    : right(subject, `good until ${lastDay}`);
}
