import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Config, resolveConfig } from './config.ts';
import { overridesOf } from './env.ts';
import { fit, isPlainObject } from './fit.ts';
import { Problems } from './problems.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { createSources } from './sources.ts';

const fileNames = ['isthmus.config.yaml', 'isthmus.config.yml', 'isthmus.config.json'];

export interface LoadOptions {
  /** Where the file is looked for, and file names count from when there is none. */
  readonly folder: string;
  /** `--config`; undefined: what `ISTHMUS_CONFIG` names, or one of `isthmus.config.{yaml,yml,json}` in `folder`, if there is one. */
  readonly file?: string | undefined;
  /** `--data`, above the file and the environment. */
  readonly data?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What was given, read and joined but not yet checked as a whole. */
export interface Settings {
  readonly raw: Readonly<Record<string, unknown>>;
  /** File names count from here. */
  readonly folder: string;
  readonly env: LoadOptions['env'];
  /** An absolute path. */
  readonly data: string;
  readonly sandbox: Config['sandbox'];
}

/**
 * Reads file, environment and command line, the later over the earlier.
 * @throws {ConfigError} when one of them cannot be read, or what decides about data folder and sandbox is wrong.
 */
export function readSettings(options: LoadOptions): Settings {
  const problems = new Problems();
  const given =
    options.file ??
    options.env['ISTHMUS_CONFIG'] ??
    fileNames.find((name) => existsSync(resolve(options.folder, name)));
  const file = given === undefined ? undefined : resolve(options.folder, given);
  const folder = file === undefined ? options.folder : dirname(file);
  const raw = file === undefined ? {} : readConfigFile(file, problems);
  for (const { path, value } of overridesOf(options.env, configSchema, problems)) put(raw, path, value);
  if (options.data !== undefined) raw['data'] = resolve(options.folder, options.data);
  const early = new Problems();
  const { data, sandbox } = configSchema.properties;
  const dataFolder = fit(data, raw['data'], 'data', early) as ConfigFile['data'];
  const fitted = (fit(sandbox, raw['sandbox'], 'sandbox', early) ?? {}) as ConfigFile['sandbox'];
  if (early.length > 0 || problems.length > 0) {
    fit(configSchema, raw, '', problems);
    problems.throwIfAny();
  }
  return {
    raw,
    folder,
    env: options.env,
    data: resolve(folder, dataFolder),
    sandbox: { ...fitted, enabled: fitted.enabled ?? !namesNetwork(raw) },
  };
}

/** How long a session may be silent says nothing of where pools are. */
function namesNetwork({ teams, skype }: Settings['raw']): boolean {
  return teams !== undefined || (isPlainObject(skype) && 'pools' in skype);
}

/**
 * The configuration, with `beneath` (the sandbox's, or nothing) for what was not given.
 * @throws {ConfigError} with every wrong value there is.
 */
export function resolveSettings(settings: Settings, beneath: Readonly<Record<string, unknown>> = {}): Config {
  const { raw, folder, env, sandbox } = settings;
  const problems = new Problems();
  const file = fit(configSchema, merge(beneath, raw), '', problems) as ConfigFile;
  problems.throwIfAny();
  const config = resolveConfig(file, folder, sandbox.enabled, createSources(folder, env, problems), problems);
  problems.throwIfAny();
  return config;
}

/** YAML, and with it JSON. */
function readConfigFile(file: string, problems: Problems): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems.add(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return {};
  }
  const lines = new LineCounter();
  // Without its own messages, which show the line: it may hold a secret.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  for (const { code, pos } of document.errors)
    problems.add(`${file}, line ${lines.linePos(pos[0]).line}`, `is no YAML (${code})`);
  if (document.errors.length > 0) return {};
  const value = plain(document);
  if (isPlainObject(value)) {
    delete value['$schema'];
    return value;
  }
  problems.add(file, 'holds no sections');
  return {};
}

/** Undefined where aliases would make the document many times as large as it is. */
function plain(document: Document): unknown {
  try {
    return document.toJS() ?? {};
  } catch {
    return undefined;
  }
}

/** Sections are joined; a list or a single value replaces what lies beneath. */
function merge(beneath: unknown, above: unknown): unknown {
  if (above === undefined) return beneath;
  if (!isPlainObject(beneath) || !isPlainObject(above)) return above;
  const keys = new Set([...Object.keys(beneath), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(beneath[key], above[key])]));
}

/** Sets a value in nested plain objects and arrays, making those on the way; a wrong one on the way is left to the schema. */
function put(target: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  let at: Record<string | number, unknown> = target;
  path.forEach((key, index) => {
    const next = path[index + 1];
    if (next === undefined) {
      at[key] = value;
      return;
    }
    const there = at[key];
    const inner = typeof there === 'object' && there !== null ? there : typeof next === 'number' ? [] : {};
    at[key] = inner;
    at = inner as Record<string | number, unknown>;
  });
}
