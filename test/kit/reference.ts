import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Whether the reference material (published shapes, samples, a real client) lies beside the repository. */
export const hasReference = existsSync(`${folder}data`);

/** A path inside the reference material. */
export function referencePath(path: string): string {
  return `${folder}${path}`;
}

/**
 * Registers checks that need the reference material. Without it they are left out by name, not skipped:
 * a clone that stands alone passes and says what it did not check.
 */
export function withReference(name: string, register: () => void): void {
  if (hasReference) register();
  else console.log(`left out (no reference material beside the repository): ${name}`);
}
