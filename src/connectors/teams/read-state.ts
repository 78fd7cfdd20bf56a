import type { Person } from '../../core/people.ts';
import type { Reading } from '../../gateway/connector.ts';
import type { TokenSource } from '../../protocols/graph/client/result.ts';
import { markChatRead, readUpTo } from '../../protocols/graph/client/viewpoint.ts';
import { parseThreadKey } from './ids.ts';
import type { Tenant, Tenants } from './tenants.ts';

/**
 * What a person has read in Teams, seen and set through their own linked account: Graph shows a viewpoint to nobody
 * else. It is asked for instead of subscribed to, because a subscription takes longer to set up than a toast lasts.
 */
export function createReading(tenants: Tenants): Reading {
  const asThemselves = async (person: Person): Promise<Self | undefined> => {
    const tenant = tenants.of(person);
    if (person.teams.kind === 'none' || !tenant) return undefined;
    const opened = await tenant.accounts.person(person);
    return opened.kind === 'open'
      ? { tenant, source: opened.source, userId: person.teams.objectId }
      : undefined;
  };

  return {
    async hasRead(person, thread, message, signal) {
      const writtenAt = Number(message);
      const self = Number.isNaN(writtenAt) ? undefined : await asThemselves(person);
      if (!self) return undefined;
      const read = await readUpTo(self.tenant.graph, self.source, parseThreadKey(thread).chatId, signal);
      return read.ok && read.value !== undefined && read.value >= writtenAt;
    },

    async markRead(person, thread, signal) {
      const self = await asThemselves(person);
      if (!self) return;
      const { chatId } = parseThreadKey(thread);
      await markChatRead(self.tenant.graph, self.source, chatId, self.userId, signal);
    },
  };
}

interface Self {
  readonly tenant: Tenant;
  readonly source: TokenSource;
  readonly userId: string;
}
