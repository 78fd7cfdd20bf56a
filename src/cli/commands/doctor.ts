import type { PeopleAnswer, StatusAnswer } from '../../console/types.ts';
import { systemClock } from '../../gateway/clock.ts';
import { CommandError, defineCommand } from '../command.ts';
import { type LoadOptions, readSettings, resolveSettings, type Settings } from '../config/load.ts';
import { findGateway } from '../console-client.ts';
import { checkLinks, checkPeople } from '../doctor/at-work.ts';
import { checkCertificates } from '../doctor/certificates.ts';
import { type Finding, notChecked } from '../doctor/finding.ts';
import { checkFolder } from '../doctor/folder.ts';
import { checkPool } from '../doctor/pool.ts';
import { checkTenant } from '../doctor/tenant.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'doctor',
  summary: 'Look the installation over: state, certificates, sign-in, networks, people. Changes nothing.',
  usage: '',
  options: {},
  async run(values, _words, terminal) {
    const options = { ...terminal, ...values, file: values.config };
    const settings = readSettings(options);
    const folder = await checkFolder(settings.data);
    const [configured, atWork] = await Promise.all([checkConfigured(settings), checkAtWork(options)]);
    const findings = [...folder, ...configured, ...atWork];
    terminal.out(values.json ? JSON.stringify({ findings }) : show(findings));
    return findings.some(({ state }) => state === 'wrong') ? 1 : 0;
  },
});

async function checkConfigured(settings: Settings): Promise<readonly Finding[]> {
  if (settings.sandbox.enabled)
    return [notChecked('networks', 'the embedded servers, which start with the gateway')];
  const config = resolveSettings(settings);
  const { teams, skype } = config;
  const networks = await Promise.all([
    ...teams.tenants.map((tenant) => checkTenant(teams, tenant, systemClock)),
    ...skype.pools.map((pool) => checkPool(pool, systemClock)),
  ]);
  return [...checkCertificates(config, systemClock.now()), ...networks.flat()];
}

async function checkAtWork(options: LoadOptions): Promise<readonly Finding[]> {
  try {
    const gateway = await findGateway(options);
    const [status, people] = await Promise.all([
      gateway.get<StatusAnswer>('/api/status'),
      gateway.get<PeopleAnswer>('/api/people'),
    ]);
    return [...checkLinks(status), ...checkPeople(people)];
  } catch (error) {
    if (error instanceof CommandError && error.id === 'not-running')
      return [notChecked('gateway', 'does not run on this data folder')];
    throw error;
  }
}

const marks = { right: '✓', doubtful: '!', wrong: '✗', 'not checked': '–' } as const;

function show(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [marks[finding.state], finding.subject, finding.found]);
  const cures = findings.flatMap((finding) =>
    'cure' in finding ? [`  ${marks[finding.state]} ${finding.subject}: ${finding.cure}`] : [],
  );
  const rest = cures.length > 0 ? `\n\nWhat to do:\n${cures.join('\n')}` : '\n\nNothing needs doing.';
  return `${table(['', 'what', 'found'], rows)}${rest}`;
}
