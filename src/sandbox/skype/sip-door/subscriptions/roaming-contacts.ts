import { textBody } from '../../../../protocols/sip/message.ts';
import {
  type ContactChange,
  formatContactDelta,
  formatContactList,
  roamingContactsType,
} from '../../../../protocols/sip/ms/roaming-contacts.ts';
import type { ContactNumbers } from '../presence/contact-numbers.ts';
import type { Source } from './subscription.ts';

/** Changes that are gathered for a client that does not take them; then it gets the whole list again. */
const maxGathered = 1_000;

/** A person's contact list: all of it first, then what changed. */
export function roamingContactsSource(contacts: ContactNumbers, changed: () => void): Source {
  let gathered: ContactChange[] = [];
  let from = contacts.list.delta;
  const listening = contacts.listen(({ changes }) => {
    if (gathered.length < maxGathered) gathered.push(...changes);
    changed();
  });
  const full = () => {
    gathered = [];
    from = contacts.list.delta;
    return { contentType: roamingContactsType, body: textBody(formatContactList(contacts.list)) };
  };
  return {
    full,
    changes() {
      const { delta } = contacts.list;
      if (gathered.length >= maxGathered) return full();
      if (delta === from) return undefined;
      const body = textBody(formatContactDelta({ delta, previous: from, changes: gathered }));
      gathered = [];
      from = delta;
      return { contentType: roamingContactsType, body };
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
