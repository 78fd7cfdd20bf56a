import { checkedConfig } from '../checked-config.ts';
import { defineCommand, type Terminal } from '../command.ts';
import type { Config } from '../config/config.ts';
import { readSettings } from '../config/load.ts';
import { refuseSecond } from '../console-client.ts';
import type { RunningGateway, SandboxSide } from '../gateway.ts';
import type { ServerAddresses } from '../sandbox-config.ts';
import { type SandboxProcess, startSandboxProcess } from '../sandbox-process.ts';
import { aborted } from '../stop-signal.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'start',
  summary: 'Start the gateway, and the embedded servers where no network is configured.',
  usage: '',
  options: {},
  async run(values, _words, terminal) {
    const settings = readSettings({ ...terminal, ...values, file: values.config });
    await refuseSecond(settings.data);
    await using stack = new AsyncDisposableStack();
    const before = await checkedConfig(settings);
    const [{ openGateway }, sandbox] = await Promise.all([
      import('../gateway.ts'),
      settings.sandbox.enabled ? openSandbox(before, stack) : undefined,
    ]);
    const config = sandbox ? await checkedConfig(settings, sandbox.process.addresses) : before;
    if (terminal.stop.aborted) return 0;
    const addresses = sandbox?.process.addresses;
    const reload = () => checkedConfig(settings, addresses);
    const gateway = stack.use(await openGateway(config, sandbox, reload));
    terminal.out(
      values.json
        ? JSON.stringify({
            console: gateway.url,
            publicUrl: gateway.publicUrl,
            data: config.data,
            sandbox: sandbox?.process.addresses,
          })
        : show(gateway, config, sandbox?.process.addresses),
    );
    return await untilEnd(terminal, sandbox?.process);
  },
});

async function openSandbox(
  { data, people, sandbox: { ports } }: Config,
  stack: AsyncDisposableStack,
): Promise<SandboxSide & { readonly process: SandboxProcess }> {
  const { linkSandboxPeople, sandboxAnswer } = await import('../sandbox-config.ts');
  const process = stack.use(await startSandboxProcess({ data, ports }));
  return {
    process,
    answer: sandboxAnswer(process.addresses),
    link: (links) => linkSandboxPeople(data, people, links),
  };
}

/** 0 when asked to end; 1 when the embedded servers ended by themselves. */
async function untilEnd(terminal: Terminal, sandbox: SandboxProcess | undefined): Promise<number> {
  const asked = aborted(terminal.stop).then(() => 0);
  if (!sandbox) return asked;
  const code = await Promise.race([asked, sandbox.ended.then(() => 1)]);
  if (code === 1) terminal.err('isthmus: the embedded servers have ended unexpectedly');
  return code;
}

function show(gateway: RunningGateway, config: Config, servers: ServerAddresses | undefined): string {
  const rows = [
    ['Pages: Teams and Skype side by side', `${gateway.url}/`],
    ['Console', `${gateway.url}/console`],
    ['Notifications from Graph', gateway.publicUrl],
    ...(servers
      ? [
          ['Embedded Graph and sign-in', `${servers.graph.http}  ${servers.graph.https}`],
          ['Embedded online pool', `${servers.pools.online.http}  ${servers.pools.online.https}`],
          ['… over SIP, TCP and TLS', `${servers.pools.online.sip.tcp}  ${servers.pools.online.sip.tls}`],
          ['Embedded on-prem pool', `${servers.pools.onPrem.http}  ${servers.pools.onPrem.https}`],
          ['… over SIP, TCP and TLS', `${servers.pools.onPrem.sip.tcp}  ${servers.pools.onPrem.sip.tls}`],
        ]
      : []),
    ['State', config.data],
  ];
  const hint = servers
    ? '\n\nSign in as alice, bob, … @contoso.example with the password demo. Ctrl-C stops everything.'
    : '';
  return `${table(['Isthmus is running', ''], rows)}${hint}`;
}
