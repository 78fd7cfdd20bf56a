import type { Account } from './account.ts';
import { offline, type Presence } from './presence.ts';
import type { Relationship } from './privacy.ts';

export type Device = 'PC' | 'Mobile' | 'Web' | 'DeskPhone' | 'Unknown';

/** What somebody sees of a person. */
export interface View {
  readonly address: string;
  readonly name: string;
  readonly company: string | undefined;
  readonly presence: Presence;
  readonly device: Device;
  /** Unix ms. */
  readonly lastActive: number | undefined;
  readonly note: string;
  /** Stands in place of the note while the person is out of office; may be empty. */
  readonly automaticReply: string | undefined;
  readonly location: string;
  readonly modalities: readonly string[];
}

/** Those who see a person at all, each with a note of their own. */
export type Audience = Exclude<Relationship, 'blocked' | 'none'>;
export type Notes = Readonly<Record<Audience, string>>;

export const noteToAll = (text: string): Notes => ({
  personal: text,
  workgroup: text,
  colleague: text,
  external: text,
});

/** All that there is to be seen of a person. */
export interface Shown
  extends Pick<View, 'presence' | 'device' | 'lastActive' | 'automaticReply' | 'location' | 'modalities'> {
  readonly account: Account;
  readonly notes: Notes;
}

/**
 * What each may see, as Lync's documentation lists it for the container of each. Somebody who is blocked finds a person
 * who is offline and has a name and an address. Of external contacts it is documented that device and times stay hidden.
 */
export function viewFor(relationship: Relationship, shown: Shown): View {
  const { account, notes, presence, device, lastActive, automaticReply, location, modalities } = shown;
  const { address, name, company } = account;
  switch (relationship) {
    case 'blocked':
    case 'none':
      return {
        address,
        name,
        company: undefined,
        presence: offline,
        device: 'Unknown',
        lastActive: undefined,
        note: '',
        automaticReply: undefined,
        location: '',
        modalities: [],
      };
    case 'external':
      return {
        address,
        name,
        company,
        presence,
        device: 'Unknown',
        lastActive: undefined,
        note: notes.external,
        automaticReply,
        location,
        modalities,
      };
    case 'colleague':
    case 'workgroup':
    case 'personal':
      return {
        address,
        name,
        company,
        presence,
        device,
        lastActive,
        note: notes[relationship],
        automaticReply,
        location,
        modalities,
      };
  }
}
