// @ts-check
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers are installed, which not everybody's PATH has. */
const serverFolders = ['/usr/local/sbin', '/usr/sbin'];

/**
 * Where a program is that somebody else wrote; undefined where it is not installed.
 *
 * @param {...string} names any of which will do
 * @returns {string | undefined}
 */
export function findProgram(...names) {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...serverFolders]
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

/**
 * @param {string} file
 * @returns {boolean}
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
