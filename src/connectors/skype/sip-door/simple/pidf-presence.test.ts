import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { presenceOf, presenceStates } from '../../../../core/presence/states.ts';
import { fromPidf, toPidf } from './pidf-presence.ts';

const entity = 'sip:erin@contoso.example';
const wrap = (inside: string): string =>
  `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="${entity}">${inside}</presence>`;
const open = '<tuple id="a"><status><basic>open</basic></status></tuple>';
const doing = (...activities: readonly string[]): string =>
  wrap(
    `${open}<dm:person id="p"><rpid:activities>${activities.map((each) => `<rpid:${each}/>`).join('')}</rpid:activities></dm:person>`,
  );
const read = (text: string): string => {
  const seen = fromPidf(text);
  return seen ? `${seen.presence.availability}/${seen.presence.activity}` : 'none';
};

describe('presence as PIDF', () => {
  it('comes back as it was told, whatever it is', () => {
    for (const state of presenceStates) {
      const document = toPidf(entity, 't', presenceOf(state), 'at my desk');
      if (state === 'PresenceUnknown/None') assert.equal(document, undefined);
      else assert.deepEqual(fromPidf(document ?? ''), { presence: presenceOf(state), note: 'at my desk' });
    }
  });

  it('of other clients is told by basic status, then note, then activities', () => {
    assert.equal(read(wrap('')), 'Offline/None');
    assert.equal(read(wrap('<tuple id="a"><status><basic>closed</basic></status></tuple>')), 'Offline/None');
    assert.equal(read(wrap(open)), 'Available/None');
    assert.equal(read(wrap(`${open}<note>On the phone</note>`)), 'Busy/InACall');
    assert.equal(read(wrap(`${open}<note>DND</note>`)), 'DoNotDisturb/None');
    assert.equal(read(doing('busy')), 'Busy/None');
    assert.equal(read(doing('on-the-phone')), 'Busy/InACall');
    assert.equal(read(doing('meeting')), 'Busy/InAMeeting');
    assert.equal(read(doing('away')), 'Away/None');
    assert.equal(read(doing('busy', 'away')), 'BusyIdle/Inactive');
    assert.equal(read(doing('meal')), 'Away/None');
    assert.equal(read(doing('constructor')), 'Available/None');
  });

  it('keeps a note that says nothing of presence', () => {
    const text = wrap(`${open}<note>toString</note>`);
    assert.deepEqual(fromPidf(text), { presence: presenceOf('Available/None'), note: 'toString' });
  });

  it('is open if any client is, and garbage is none', () => {
    const closed = '<tuple id="b"><status><basic>closed</basic></status></tuple>';
    assert.equal(read(wrap(closed + open)), 'Available/None');
    for (const bad of ['', '<presence/>', '<!DOCTYPE x><presence/>']) assert.equal(fromPidf(bad), undefined);
    fc.assert(fc.property(fc.string(), (text) => void fromPidf(text)));
  });
});
