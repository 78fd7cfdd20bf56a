import { parseArgs } from 'node:util';

/** What a command may touch of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly folder: string;
  /** One line or block; a line end is added. */
  out(text: string): void;
  err(text: string): void;
  /** Everything on the standard input. */
  readInput(): Promise<string>;
  /** Aborts when the user or the system asks the process to end. */
  readonly stop: AbortSignal;
}

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help: `FOLDER`. */
  readonly value?: string;
  readonly help: string;
}

type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [K in keyof O]: (O[K]['type'] extends 'boolean' ? boolean : string) | undefined;
};

/** Every command has these. */
export const commonOptions = {
  config: {
    type: 'string',
    value: 'FILE',
    help: 'the configuration (default: isthmus.config.yaml, if there is one)',
  },
  data: { type: 'string', value: 'FOLDER', help: 'where all state is kept (default: data)' },
  json: { type: 'boolean', help: 'answer as one JSON value' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
} as const satisfies Options;

export interface CommandDefinition<O extends Options> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name: `--from NAME --to NAME TEXT`. */
  readonly usage: string;
  readonly options: O;
  /** Resolves to the exit code. Throws {@link UsageError} or {@link CommandError} for what the user is told. */
  run(
    values: Values<O & typeof commonOptions>,
    words: readonly string[],
    terminal: Terminal,
  ): Promise<number>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The command line was wrong; the command's usage is shown with the message. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command could not do what it was asked to: what happened, and what the user can do. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly id: string;
  readonly cure: string;
  constructor(id: string, cause: string, cure: string) {
    super(cause);
    this.id = id;
    this.cure = cure;
  }
}

export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { name, summary, usage } = definition;
  const options: Options = { ...definition.options, ...commonOptions };
  const help = `isthmus ${name} ${usage}\n\n${summary}\n\n${listOptions(options)}`;
  return {
    name,
    summary,
    help,
    async run(args, terminal) {
      const { values, positionals } = parse(args, options);
      if (values['help'] === true) {
        terminal.out(help);
        return 0;
      }
      return definition.run(values as Values<O & typeof commonOptions>, positionals, terminal);
    },
  };
}

function parse(args: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  );
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function listOptions(options: Options): string {
  const rows = Object.entries(options).map(([name, { short, value, help }]) => [
    `  ${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right]) => `${left.padEnd(width)}  ${right}`).join('\n');
}
