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
  const dirtyContainers = new Set<number>();
  const { presence, containers, address } = person;
  const listening = presence.listen((names) => {
    for (const name of names) dirty.add(name);
    changed();
  }, endpointId);
  // Told to whoever made the change, too: SIPE learns the new versions in no other way.
  const listeningToContainers = containers.listen((ids) => {
    for (const id of ids) dirtyContainers.add(id);
    changed();
  });
  const documentOf = (data: RoamingSelf): NotifyContent => ({
    contentType: roamingSelfType,
    body: textBody(formatRoamingSelf(data)),
  });
  return {
    full() {
      dirty.clear();
      dirtyContainers.clear();
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
      const names = new Set(parts.includes('categories') ? dirty : []);
      const ids = new Set(parts.includes('containers') ? dirtyContainers : []);
      dirty.clear();
      dirtyContainers.clear();
      if (names.size === 0 && ids.size === 0) return undefined;
      return documentOf({
        ...(names.size > 0 && { categories: { uri: address, categories: presence.categories(names) } }),
        ...(ids.size > 0 && { containers: containers.all.filter(({ id }) => ids.has(id)) }),
      });
    },
    [Symbol.dispose]() {
      listening[Symbol.dispose]();
      listeningToContainers[Symbol.dispose]();
    },
  };
}
