import type { Config } from './config/config.ts';
import { resolveSettings, type Settings } from './config/load.ts';
import type { ServerAddresses } from './sandbox-config.ts';

/**
 * The whole configuration, with the sandbox's beneath where it is on; `addresses` are where its servers answer, once
 * that is known. The sandbox is loaded only then: a gateway between real networks runs without it.
 * @throws {ConfigError} with every wrong value
 */
export async function checkedConfig(settings: Settings, addresses?: ServerAddresses): Promise<Config> {
  const { data, sandbox } = settings;
  if (!sandbox.enabled) return resolveSettings(settings);
  const { expectedAddresses, prepareSandbox, sandboxConfig } = await import('./sandbox-config.ts');
  if (!addresses) await prepareSandbox(data);
  return resolveSettings(
    settings,
    sandboxConfig(data, addresses ?? expectedAddresses(sandbox.ports), sandbox.protocols),
  );
}
