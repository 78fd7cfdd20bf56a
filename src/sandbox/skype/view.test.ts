import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { availability } from './presence.ts';
import { type Shown, viewFor } from './view.ts';

const shown: Shown = {
  account: {
    address: 'alice@contoso.example',
    name: 'Alice',
    domain: 'contoso.example',
    company: 'Contoso',
    listed: true,
  },
  notes: { personal: 'p', workgroup: 'w', colleague: 'c', external: 'e' },
  presence: { availability: availability.busy, activity: 'in-a-meeting' },
  device: 'PC',
  lastActive: 1,
  automaticReply: 'Until Monday',
  location: 'Oslo',
  modalities: ['Messaging'],
};

describe('what somebody sees of a person', () => {
  it('is all there is, and their own note, for those of the organisation and closer', () => {
    const { account, notes, ...rest } = shown;
    const all = { ...rest, address: account.address, name: account.name, company: account.company };
    for (const relationship of ['colleague', 'workgroup', 'personal'] as const)
      assert.deepEqual(viewFor(relationship, shown), { ...all, note: notes[relationship] });
  });

  it('has neither device nor times for external contacts', () => {
    const { presence, device, lastActive, note, automaticReply, company } = viewFor('external', shown);
    assert.deepEqual(
      { presence, device, lastActive, note, automaticReply, company },
      {
        presence: shown.presence,
        device: 'Unknown',
        lastActive: undefined,
        note: 'e',
        automaticReply: 'Until Monday',
        company: 'Contoso',
      },
    );
  });

  it('is a name and an address for the blocked and for those who are placed nowhere', () => {
    for (const relationship of ['blocked', 'none'] as const)
      assert.deepEqual(viewFor(relationship, shown), {
        address: 'alice@contoso.example',
        name: 'Alice',
        company: undefined,
        presence: { availability: availability.offline, activity: undefined },
        device: 'Unknown',
        lastActive: undefined,
        note: '',
        automaticReply: undefined,
        location: '',
        modalities: [],
      });
  });
});
