import { textBody } from '../../../../protocols/sip/message.ts';
import {
  formatRoamingSelf,
  type RoamingPart,
  type RoamingSelf,
  roamingSelfType,
} from '../../../../protocols/sip/ms/roaming-self.ts';
import type { Person } from '../person.ts';
import type { NotifyContent, Source } from './subscription.ts';

/** A person's own publications and containers, told to one of their endpoints. */
export function roamingSelfSource(
  person: Person,
  endpointId: string | undefined,
  parts: readonly RoamingPart[],
  changed: () => void,
): Source {
  const dirty = new Set<string>();
  const { presence, containers, address } = person;
  const listening = presence.listen((names) => {
    for (const name of names) dirty.add(name);
    changed();
  }, endpointId);
  const documentOf = (data: RoamingSelf): NotifyContent => ({
    contentType: roamingSelfType,
    body: textBody(formatRoamingSelf(data)),
  });
  return {
    full() {
      dirty.clear();
      return documentOf({
        ...(parts.includes('categories') && {
          categories: { uri: address, categories: presence.categories() },
        }),
        ...(parts.includes('containers') && { containers: containers.all }),
        // People of a pool are known to each other: nobody has to be asked about.
        ...(parts.includes('subscribers') && { subscribers: [] }),
      });
    },
    changes() {
      if (dirty.size === 0 || !parts.includes('categories')) return undefined;
      const names = new Set(dirty);
      dirty.clear();
      return documentOf({ categories: { uri: address, categories: presence.categories(names) } });
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
