import { checkedConfig } from '../../src/cli/checked-config.ts';
import { readSettings } from '../../src/cli/config/load.ts';
import { openGateway, type RunningGateway } from '../../src/cli/gateway.ts';
import { linkSandboxPeople, type ServerAddresses, sandboxAnswer } from '../../src/cli/sandbox-config.ts';

/** Which gateway: its data folder, the embedded servers it is joined to, and the environment's settings. */
export interface GatewayAt {
  readonly data: string;
  readonly addresses: ServerAddresses;
  readonly settings: Readonly<Record<string, string>>;
}

/** A gateway beside embedded servers that run already. */
export async function openGatewayAt({ data, addresses, settings }: GatewayAt): Promise<RunningGateway> {
  const read = readSettings({ folder: data, data, env: settings });
  await checkedConfig(read);
  const config = await checkedConfig(read, addresses);
  return openGateway(config, {
    answer: sandboxAnswer(addresses),
    link: (links) => linkSandboxPeople(data, config.people, links),
  });
}
