import { stringAt } from '../shared/http.ts';
import type { Found } from './ucwa/discovery.ts';

const key = 'isthmus.skype.ticket';

/** The web ticket of this tab's sign-in, so that a load of the page goes on; never the password. */
export function keepTicket(storage: Pick<Storage, 'setItem'>, found: Found): void {
  storage.setItem(key, JSON.stringify(found));
}

export function keptTicket(storage: Pick<Storage, 'getItem'>): Found | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    const found = { applications: stringAt(value, 'applications'), token: stringAt(value, 'token') };
    return found.applications && found.token ? found : undefined;
  } catch {
    return undefined;
  }
}

export function forgetTicket(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(key);
}
