import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStoredKeys, openSigningKeys, type SigningKeys } from '../../protocols/entra/signing-keys.ts';

/** The sign-in service's keys, kept in `folder` (`sign-in-keys.json`) or made there. */
export async function openSandboxKeys(folder: string): Promise<SigningKeys> {
  const file = join(folder, 'sign-in-keys.json');
  const stored = await read(file);
  if (stored !== undefined) {
    try {
      return await openSigningKeys(JSON.parse(stored));
    } catch (cause) {
      throw new Error(`${file} does not hold the sign-in keys; delete it to start afresh`, { cause });
    }
  }
  const fresh = await generateStoredKeys();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(fresh), { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
  return openSigningKeys(fresh);
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
