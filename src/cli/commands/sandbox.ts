import { CommandError, defineCommand, type Terminal } from '../command.ts';
import { readSettings } from '../config/load.ts';
import type { ServerAddresses } from '../sandbox-config.ts';
import type { SandboxWord } from '../sandbox-process.ts';
import type { SandboxServers, SandboxServersOptions } from '../sandbox-servers.ts';
import { aborted } from '../stop-signal.ts';
import { table } from '../table.ts';

export const command = defineCommand({
  name: 'sandbox',
  summary: 'Run the embedded servers alone, for other clients or another gateway.',
  usage: '',
  options: {},
  async run(values, _words, terminal) {
    const { data, sandbox } = readSettings({ ...terminal, ...values, file: values.config });
    const servers = await open({ data, ports: sandbox.ports });
    if (!servers) return 1;
    await using _servers = servers;
    show(servers.addresses, values.json === true, terminal);
    await aborted(terminal.stop);
    return 0;
  },
});

/** Started by a gateway, success and failure are told to it; started by a person, failure is thrown. */
async function open(options: SandboxServersOptions): Promise<SandboxServers | undefined> {
  const tell = (word: SandboxWord): void => void process.send?.(word);
  try {
    const { openSandboxServers } = await import('../sandbox-servers.ts');
    const servers = await openSandboxServers(options);
    tell({ kind: 'ready', addresses: servers.addresses });
    return servers;
  } catch (error) {
    if (!process.send) throw asCommandError(error);
    tell({ kind: 'failed', cause: (error as Error).message });
    return undefined;
  }
}

function asCommandError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'ListenError') return error;
  return new CommandError(
    'cannot-listen',
    `${error.message}.`,
    'End the other program, or give other ports under sandbox.ports.',
  );
}

function show({ graph, pools }: ServerAddresses, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.out(JSON.stringify({ graph, pools }));
    return;
  }
  terminal.out(
    table(
      ['embedded server', 'HTTP or TCP', 'HTTPS or TLS'],
      [
        ['Graph and sign-in', graph.http, graph.https],
        ['online pool (UCWA)', pools.online.http, pools.online.https],
        ['online pool (SIP)', pools.online.sip.tcp, pools.online.sip.tls],
        ['on-prem pool (UCWA)', pools.onPrem.http, pools.onPrem.https],
        ['on-prem pool (SIP)', pools.onPrem.sip.tcp, pools.onPrem.sip.tls],
      ],
    ),
  );
}
