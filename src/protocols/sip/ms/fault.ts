import { child, children, childText, writeXml } from '../body/xml.ts';
import { documentNamed, wholeNumber } from './document.ts';

export const msFaultType = 'application/msrtc-fault+xml';

/** The code of a publication whose version is not the one the server has. */
export const wrongDelta = 'Client.BadCall.WrongDelta';

/** Why a publication was refused, with 409 ([MS-PRES] section 2.2.2.6). */
export interface MsFault {
  readonly code: string;
  readonly operations: readonly MsFaultOperation[];
}

export interface MsFaultOperation {
  /** Which publication of the request, from 1. */
  readonly index: number;
  /** The one given. */
  readonly version: number;
  /** The one to give. */
  readonly currentVersion: number;
}

/** `undefined` for what is no such document. Operations that lack a number are left out. */
export function parseMsFault(text: string): MsFault | undefined {
  const root = documentNamed(text, 'Fault');
  const code = root && childText(root, 'Faultcode');
  if (root === undefined || code === undefined) return undefined;
  const details = child(root, 'details');
  const operations = (details === undefined ? [] : children(details, 'operation')).flatMap(
    ({ attributes }) => {
      const index = wholeNumber(attributes['index']);
      const currentVersion = wholeNumber(attributes['curVersion']);
      if (index === undefined || currentVersion === undefined) return [];
      return [{ index, version: wholeNumber(attributes['version']) ?? 0, currentVersion }];
    },
  );
  return { code, operations };
}

export function formatMsFault({ code, operations }: MsFault): string {
  return writeXml({
    name: 'Fault',
    attributes: { xmlns: 'http://schemas.microsoft.com/2006/09/sip/presence' },
    content: [
      { name: 'Faultcode', content: code },
      {
        name: 'details',
        content: operations.map(({ index, version, currentVersion }) => ({
          name: 'operation',
          attributes: { index: String(index), version: String(version), curVersion: String(currentVersion) },
        })),
      },
    ],
  });
}
