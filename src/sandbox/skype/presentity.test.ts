import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { availability } from './presence.ts';
import { Presentity } from './presentity.ts';
import { defaultPrivacy } from './privacy.ts';

const account = {
  address: 'alice@contoso.example',
  name: 'Alice',
  domain: 'contoso.example',
  company: 'Contoso',
  listed: true,
};

function watched() {
  const presentity = new Presentity(account, new ManualClock());
  const told: string[] = [];
  const watcher = {
    viewer: 'bob@contoso.example',
    presentityChanged: (address: string, part: string) => void told.push(`${address} ${part}`),
  };
  return { presentity, told, watcher };
}

describe('a presentity', () => {
  it('tells its watchers of a change, and of nothing else', () => {
    const { presentity, told, watcher } = watched();
    presentity.watch(watcher);
    presentity.publish('e1', 'active', ['Messaging'], 'PC');
    assert.deepEqual(told.splice(0), [`${account.address} presence`, `${account.address} modalities`]);
    presentity.publish('e1', 'active', ['Messaging'], 'PC');
    presentity.publish('e2', 'away', ['Messaging'], 'Mobile');
    presentity.setNote('');
    assert.deepEqual(told, []);
    presentity.setNote('out');
    presentity.setLocation('Oslo');
    assert.deepEqual(told.splice(0), [`${account.address} note`, `${account.address} location`]);
    presentity.setAutomaticReply('');
    presentity.setAutomaticReply('');
    assert.deepEqual(told, [`${account.address} note`]);
  });

  it('tells a watcher once however often it watches, and no more once it has let go', () => {
    const { presentity, told, watcher } = watched();
    presentity.watch(watcher);
    presentity.watch(watcher);
    presentity.setNote('1');
    assert.equal(told.length, 1);
    presentity.unwatch(watcher);
    presentity.setNote('2');
    assert.equal(told.length, 1);
  });

  it('tells those whom the person places elsewhere of what looks different to them, and nobody else', () => {
    const { presentity, told, watcher } = watched();
    const others: string[] = [];
    const carol = {
      viewer: 'carol@contoso.example',
      presentityChanged: (_: string, part: string) => void others.push(part),
    };
    presentity.publish('e1', 'active', ['Messaging'], 'PC');
    presentity.watch(watcher);
    presentity.watch(carol);
    const bob = { kind: 'user', address: watcher.viewer } as const;
    presentity.place(new Map([['blocked', [bob]], ...defaultPrivacy]));
    assert.deepEqual(told.splice(0), [`${account.address} presence`, `${account.address} modalities`]);
    presentity.setNote('out');
    presentity.withdraw('e1');
    assert.deepEqual([told, others.splice(0)], [[], ['note', 'presence', 'modalities']]);
    presentity.place(new Map([['workgroup', [bob]], ...defaultPrivacy]));
    assert.deepEqual(told.splice(0), [`${account.address} presence`, `${account.address} note`]);
    presentity.place(new Map([['personal', [bob]], ...defaultPrivacy]));
    assert.deepEqual([told, others], [[], []]);
  });

  it('forgets what the person chose with the last endpoint', () => {
    const { presentity } = watched();
    presentity.publish('e1', 'active', [], 'PC');
    presentity.choose({ availability: availability.doNotDisturb, activity: undefined });
    presentity.publish('e2', 'active', [], 'PC');
    presentity.withdraw('e1');
    assert.equal(presentity.presence.availability, availability.doNotDisturb);
    presentity.withdraw('e2');
    assert.equal(presentity.presence.availability, availability.offline);
    presentity.publish('e3', 'active', [], 'PC');
    assert.equal(presentity.presence.availability, availability.online);
  });
});
