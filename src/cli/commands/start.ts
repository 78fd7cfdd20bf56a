import { checkedConfig } from '../checked-config.ts';
import { defineCommand, type Terminal } from '../command.ts';
import type { Config } from '../config/config.ts';
import { readSettings } from '../config/load.ts';
import { openGateway, type RunningGateway } from '../gateway.ts';
import { type ServerAddresses, sandboxAnswer } from '../sandbox-config.ts';
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
    await using stack = new AsyncDisposableStack();
    let config = await checkedConfig(settings);
    let sandbox: SandboxProcess | undefined;
    if (settings.sandbox.enabled) {
      sandbox = stack.use(await startSandboxProcess({ data: config.data, ports: config.sandbox.ports }));
      config = await checkedConfig(settings, sandbox.addresses);
    }
    if (terminal.stop.aborted) return 0;

    const gateway = stack.use(await openGateway(config, sandbox && sandboxAnswer(sandbox.addresses)));
    terminal.out(
      values.json
        ? JSON.stringify({
            console: gateway.url,
            publicUrl: gateway.publicUrl,
            data: config.data,
            sandbox: sandbox?.addresses,
          })
        : show(gateway, config, sandbox?.addresses),
    );
    return await untilEnd(terminal, sandbox);
  },
});

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
          ['Embedded on-prem pool', `${servers.pools.onPrem.http}  ${servers.pools.onPrem.https}`],
        ]
      : []),
    ['State', config.data],
  ];
  const hint = servers
    ? '\n\nSign in as alice, bob, … @contoso.example with the password demo. Ctrl-C stops everything.'
    : '';
  return `${table(['Isthmus is running', ''], rows)}${hint}`;
}
