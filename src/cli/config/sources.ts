import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problems } from './problems.ts';
import type { SecretSource } from './schema.ts';

/** Reads what the configuration points at; whatever cannot be read is a problem at the path that named it. */
export interface Sources {
  secret(source: SecretSource, path: string): string;
  file(name: string, path: string): string;
  pem(source: SecretSource, path: string, label: PemLabel): string;
  pemFile(name: string, path: string, label: PemLabel): string;
}

type PemLabel = 'CERTIFICATE' | 'PRIVATE KEY';

/** File names count from `folder`. */
export function createSources(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problems,
): Sources {
  function file(name: string, path: string): string {
    const full = resolve(folder, name);
    try {
      return readFileSync(full, 'utf8');
    } catch (error) {
      problems.add(path, `the file ${full} cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return '';
    }
  }

  function secret(source: SecretSource, path: string): string {
    if (typeof source === 'string') return source;
    if ('file' in source) {
      const before = problems.length;
      const text = file(source.file, path).trim();
      if (text === '' && problems.length === before) problems.add(path, `the file ${source.file} is empty`);
      return text;
    }
    const value = env[source.env] ?? '';
    if (value === '') problems.add(path, `the variable ${source.env} is not set`);
    return value;
  }

  function checkPem(text: string, path: string, label: PemLabel): string {
    if (text !== '' && !new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(text))
      problems.add(path, `is not PEM with a ${label.toLowerCase()}`);
    return text;
  }

  return {
    secret,
    file,
    pem: (source, path, label) => checkPem(secret(source, path), path, label),
    pemFile: (name, path, label) => checkPem(file(name, path), path, label),
  };
}
