import { child, writeXml } from '../body/xml.ts';
import { documentNamed } from './document.ts';

/** The body of an INFO that says whether somebody is typing. */
export const keyboardActivityType = 'application/xml';

export type KeyboardActivity = 'type' | 'idle';

/** `undefined` for what is no such document, or says something else. */
export function parseKeyboardActivity(text: string): KeyboardActivity | undefined {
  const root = documentNamed(text, 'KeyboardActivity');
  const status = root && child(root, 'status')?.attributes['status'];
  return status === 'type' || status === 'idle' ? status : undefined;
}

export function formatKeyboardActivity(status: KeyboardActivity): string {
  return writeXml({
    name: 'KeyboardActivity',
    content: [{ name: 'status', attributes: { status } }],
  });
}
