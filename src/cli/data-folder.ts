import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Amendments } from './people-amendments.ts';

/** What the commands of a running gateway find it by; written at its start, removed at its end. */
export interface RunFile {
  /** The base address of the operators' API. */
  readonly url: string;
  readonly pid: number;
}

const runSchema = Type.Object({ url: Type.String(), pid: Type.Integer() });
const runFile = 'gateway.json';
const tokenFile = 'console-token';
const keyFile = 'vault-key';
const editsFile = 'people-edits.json';
const fields = Type.Record(Type.String(), Type.String());
const at = Type.Optional(Type.Integer({ minimum: 0 }));
const amendments = Type.Record(
  Type.String(),
  Type.Union([
    Type.Object({ kind: Type.Enum(['edited', 'added']), fields, at }),
    Type.Object({ kind: Type.Literal('removed'), at }),
  ]),
);
/** What earlier versions kept, where people could only be edited. */
const bareEdits = Type.Record(Type.String(), fields);

export async function writeRunFile(data: string, run: RunFile): Promise<AsyncDisposable> {
  const file = join(data, runFile);
  await writeWhole(file, `${JSON.stringify(run)}\n`);
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

export async function readRunFile(data: string): Promise<RunFile | undefined> {
  const text = await readIfThere(join(data, runFile));
  if (text === undefined) return undefined;
  try {
    const run: unknown = JSON.parse(text);
    return Check(runSchema, run) ? run : undefined;
  } catch {
    return undefined;
  }
}

/** What operators and the command line prove themselves with: as configured, or made at the first start. */
export async function keepToken(data: string, configured: string | undefined): Promise<string> {
  const kept = await readToken(data);
  const token = configured ?? kept ?? randomBytes(32).toString('base64url');
  if (token !== kept) await writeWhole(join(data, tokenFile), `${token}\n`);
  return token;
}

export async function readToken(data: string): Promise<string | undefined> {
  return (await readIfThere(join(data, tokenFile)))?.trim();
}

/** The key that links are encrypted under, made at the first start. */
export async function keepVaultKey(data: string, bytes: number): Promise<Uint8Array> {
  const file = join(data, keyFile);
  const kept = await readIfThere(file);
  if (kept !== undefined) {
    const key = Buffer.from(kept.trim(), 'base64url');
    if (key.length !== bytes)
      throw new Error(`${file} is damaged: restore it, or delete the data folder to start afresh`);
    return key;
  }
  const key = randomBytes(bytes);
  await writeWhole(file, `${key.toString('base64url')}\n`);
  return key;
}

/** What operators have done about people, by person. @throws {Error} when the file is damaged. */
export async function readAmendments(data: string): Promise<Amendments> {
  const file = join(data, editsFile);
  const text = await readIfThere(file);
  if (text === undefined) return {};
  const damaged = `${file} is damaged: restore it, or delete it to go back to the people as configured`;
  try {
    const kept: unknown = JSON.parse(text);
    if (Check(amendments, kept)) return kept;
    if (Check(bareEdits, kept))
      return Object.fromEntries(
        Object.entries(kept).map(([id, edit]) => [id, { kind: 'edited', fields: edit } as const]),
      );
  } catch (cause) {
    throw new Error(damaged, { cause });
  }
  throw new Error(damaged);
}

export function writeAmendments(data: string, kept: Amendments): Promise<void> {
  return writeWhole(join(data, editsFile), `${JSON.stringify(kept, undefined, 2)}\n`);
}

export function ledgerFile(data: string): string {
  return join(data, 'ledger.sqlite');
}

/** Whole or not at all, and for this user alone. */
async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
