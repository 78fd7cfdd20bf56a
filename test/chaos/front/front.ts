import type { FrontFault, NotificationFault } from '../faults.ts';
import { runChild } from '../process.ts';
import { type Door, type DoorOptions, openDoor } from './door.ts';

export interface FrontOrder {
  /** By name; faults of the network are made at all of them but `notifications`. */
  readonly doors: Readonly<Record<string, DoorOptions>>;
}

export type FrontWord = FrontFault | NotificationFault | { readonly kind: 'forget' };

/** What stands before a network's servers: a process of its own, so that it can die with all its connections. */
runChild<FrontOrder, Readonly<Record<string, number>>, FrontWord>(async ({ doors }) => {
  const open = new Map<string, Door>();
  for (const [name, options] of Object.entries(doors)) open.set(name, await openDoor(options));
  return {
    ready: Object.fromEntries([...open].map(([name, { port }]) => [name, port])),
    hear(word) {
      for (const [name, door] of open) {
        if (word.kind === 'forget') door.forget();
        else if ((word.kind === 'notifications') === (name === 'notifications')) door.make(word);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const door of open.values()) await door[Symbol.asyncDispose]();
    },
  };
});
