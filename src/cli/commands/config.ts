import { checkedConfig } from '../checked-config.ts';
import { defineCommand } from '../command.ts';
import { readSettings } from '../config/load.ts';
import { schemaFile } from '../config/schema-file.ts';

export const command = defineCommand({
  name: 'config',
  summary: 'Check the configuration, or print its schema.',
  usage: '[--schema]',
  options: { schema: { type: 'boolean', help: 'print the JSON schema for editors' } },
  async run(values, _words, terminal) {
    if (values.schema) {
      terminal.out(schemaFile().trimEnd());
      return 0;
    }
    const settings = readSettings({ ...terminal, ...values, file: values.config });
    const config = await checkedConfig(settings);
    const { data, sandbox } = config;
    const tenants = config.teams.tenants.map(({ domain }) => domain);
    const pools = config.skype.pools.map(({ name }) => name);
    const people = config.people.length;
    terminal.out(
      values.json
        ? JSON.stringify({ data, sandbox: sandbox.enabled, tenants, pools, people })
        : `The configuration is right: ${sandbox.enabled ? 'the sandbox with ' : ''}${tenants.length} tenants, ${pools.length} pools and ${people} people; state in ${data}.`,
    );
    return 0;
  },
});
