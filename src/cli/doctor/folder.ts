import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { doubtful, type Finding, notChecked, right, wrong } from './finding.ts';

const subject = 'data folder';
/** Below it the ledger may soon be unable to take messages. */
const littleRoomBytes = 1024 ** 3;
const othersBits = 0o077;

/** Whether the gateway can keep its state there, and nobody else can read it. */
export async function checkFolder(folder: string): Promise<readonly Finding[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) return [await checkPlaceFor(folder)];
  if (!found.isDirectory())
    return [wrong(subject, `${folder} is no folder`, 'Name a folder with --data, or move the file away.')];
  if (!(await isWritable(folder)))
    return [
      wrong(subject, `${folder} cannot be written to`, 'Give the gateway’s user the right to write there.'),
    ];
  return [checkPrivacy(folder, found.mode), await checkRoom(folder)];
}

/** A folder that is not there yet is made at the first start. */
async function checkPlaceFor(folder: string): Promise<Finding> {
  for (let above = dirname(folder); ; above = dirname(above)) {
    if (await isWritable(above)) return notChecked(subject, `${folder} is made at the first start`);
    const exists = await stat(above).catch(() => undefined);
    if (exists || above === dirname(above))
      return wrong(
        subject,
        `${folder} cannot be made in ${above}`,
        'Make the folder, writable for the gateway’s user.',
      );
  }
}

function checkPrivacy(folder: string, mode: number): Finding {
  if ((mode & othersBits) === 0) return right(subject, `${folder} is this user’s alone`);
  const bits = (mode & 0o777).toString(8);
  return doubtful(
    subject,
    `${folder} is open to other users (mode ${bits}); it holds messages and the key of the linked accounts`,
    `chmod 700 ${folder}`,
  );
}

async function checkRoom(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return free >= littleRoomBytes
    ? right('disk', text)
    : doubtful('disk', text, 'Make room: without it the gateway takes no messages.');
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
