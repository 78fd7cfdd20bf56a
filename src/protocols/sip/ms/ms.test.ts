import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatBatchSubscribe, parseBatchSubscribe } from './batch-subscribe.ts';
import { type Category, formatCategories, parseCategories } from './categories.ts';
import type { CategoryContent, ExpireType } from './category.ts';
import { formatConferenceInvitation, parseConferenceInvitation } from './conference-invitation.ts';
import {
  type ContactOperation,
  formatContactAnswer,
  formatContactOperation,
  parseContactOperation,
  readAddedGroup,
} from './contact-operation.ts';
import { formatContainerChanges, parseContainerChanges } from './containers.ts';
import { documentNamed } from './document.ts';
import { formatMsFault, parseMsFault } from './fault.ts';
import { readPresenceBatch, writePresenceBatch } from './presence-batch.ts';
import {
  formatProvisioning,
  formatProvisioningRequest,
  parseProvisioning,
  parseProvisioningRequest,
} from './provisioning.ts';
import { formatPublish, parsePublish } from './publish.ts';
import {
  type ContactChange,
  formatContactDelta,
  formatContactList,
  parseContactDelta,
  parseContactList,
} from './roaming-contacts.ts';
import { formatRoamingList, formatRoamingSelf, parseRoamingList, parseRoamingSelf } from './roaming-self.ts';
import type { State, StateType } from './state.ts';

/** Trimmed, because elements of text are read trimmed; characters that XML cannot hold are not in it. */
const words = fc
  .string({ unit: 'grapheme' })
  .map((text) => text.replace(/[\p{Cc}\ufffe\uffff]/gu, '').trim());
const number = fc.nat(1_000_000);
const plain = { noNullPrototype: true };
const type = fc.constantFrom<StateType>(
  'machineState',
  'userState',
  'calendarState',
  'phoneState',
  'aggregateState',
);
const expireType = fc.constantFrom<ExpireType>('endpoint', 'user', 'time', 'static');

const state: fc.Arbitrary<State> = fc.record(
  {
    type,
    manual: fc.boolean(),
    availability: fc.option(number, { nil: undefined }),
    activity: fc.oneof(fc.record({ token: words }, plain), fc.record({ custom: words }, plain)),
    device: words,
    lastActive: words,
  },
  { requiredKeys: ['type', 'manual', 'availability'], noNullPrototype: true },
);

const content: fc.Arbitrary<CategoryContent> = fc.oneof(
  state.map((each) => ({ kind: 'state' as const, state: each })),
  fc.record({ type: words, text: words }, plain).map((note) => ({ kind: 'note' as const, note })),
  fc
    .record({ displayName: words, email: words, company: words }, { requiredKeys: [], noNullPrototype: true })
    .map((card) => ({ kind: 'contactCard' as const, card })),
  fc.constant({ kind: 'empty' as const }),
);

const category: fc.Arbitrary<Category> = fc.record(
  {
    name: words,
    content,
    instance: number,
    container: number,
    version: number,
    expireType,
    endpointId: words,
    publishTime: words,
  },
  { requiredKeys: ['name', 'content'], noNullPrototype: true },
);

const categories = fc.record({ uri: words, categories: fc.array(category, { maxLength: 5 }) }, plain);

describe('the documents of Microsoft’s presence', () => {
  it('read what they write: categories', () => {
    fc.assert(
      fc.property(categories, (each) => assert.deepEqual(parseCategories(formatCategories(each)), each)),
    );
  });

  it('read what they write: publications', () => {
    const publication = fc.record(
      {
        category: words.filter((text) => text !== ''),
        instance: number,
        container: number,
        version: number,
        expireType,
        expires: number,
        content,
      },
      {
        requiredKeys: ['category', 'instance', 'container', 'version', 'expireType', 'content'],
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(fc.record({ uri: words, publications: fc.array(publication) }, plain), (each) =>
        assert.deepEqual(parsePublish(formatPublish(each)), each),
      ),
    );
  });

  it('read what they write: one’s own presence, and what is asked of it', () => {
    const member = fc.record(
      { type: words, value: words },
      { requiredKeys: ['type'], noNullPrototype: true },
    );
    const all = fc.record(
      {
        categories,
        containers: fc.array(fc.record({ id: number, version: number, members: fc.array(member) }, plain)),
        subscribers: fc.array(
          fc.record(
            { user: words, displayName: words, acknowledged: fc.boolean() },
            { requiredKeys: ['user', 'acknowledged'], noNullPrototype: true },
          ),
        ),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(fc.property(all, (each) => assert.deepEqual(parseRoamingSelf(formatRoamingSelf(each)), each)));
    assert.deepEqual(parseRoamingList(formatRoamingList(['containers', 'categories'])), [
      'containers',
      'categories',
    ]);
  });

  it('read what they write: contact lists, their changes, and the operations that make them', () => {
    const group = fc.record({ id: number, name: words }, plain);
    const contact = fc.record(
      {
        uri: words.filter((text) => text !== ''),
        name: words,
        groups: fc.array(number, { maxLength: 4 }),
        subscribed: fc.boolean(),
      },
      plain,
    );
    const change = fc.oneof<fc.Arbitrary<ContactChange>[]>(
      fc.record({ kind: fc.constantFrom('addedGroup', 'modifiedGroup'), group }, plain),
      fc.record({ kind: fc.constant('deletedGroup'), id: number }, plain),
      fc.record({ kind: fc.constantFrom('addedContact', 'modifiedContact'), contact }, plain),
    );
    fc.assert(
      fc.property(number, fc.array(group), fc.array(contact), (delta, groups, contacts) => {
        const list = { delta, groups, contacts };
        assert.deepEqual(parseContactList(formatContactList(list)), list);
      }),
    );
    fc.assert(
      fc.property(number, number, fc.array(change), (delta, previous, changes) => {
        const whole = { delta, previous, changes };
        assert.deepEqual(parseContactDelta(formatContactDelta(whole)), whole);
      }),
    );
    const operations: readonly ContactOperation[] = [
      { kind: 'setContact', delta: 3, uri: 'sip:b@c', name: 'B & C', groups: [1, 2], subscribed: true },
      { kind: 'deleteContact', delta: undefined, uri: 'sip:b@c' },
      { kind: 'addGroup', delta: 0, name: '~' },
      { kind: 'modifyGroup', delta: 9, groupId: 2, name: 'Friends' },
      { kind: 'deleteGroup', delta: 9, groupId: 2 },
    ];
    for (const each of operations)
      assert.deepEqual(parseContactOperation(formatContactOperation(each)), each);
    assert.equal(readAddedGroup(formatContactAnswer('addGroup', 7)), 7);
  });

  it('read what they write: faults, subscriptions, containers, provisioning, conferences', () => {
    const fault = {
      code: 'Client.BadCall.WrongDelta',
      operations: [{ index: 1, version: 0, currentVersion: 4 }],
    };
    assert.deepEqual(parseMsFault(formatMsFault(fault)), fault);
    const batch = {
      action: 'subscribe' as const,
      uri: 'sip:a@b',
      resources: ['sip:c@d', 'sip:e@f'],
      categories: ['state', 'note'],
    };
    assert.deepEqual(parseBatchSubscribe(formatBatchSubscribe(batch)), batch);
    const changes = [
      { id: 100, version: 0, members: [{ action: 'add' as const, type: 'federated' }] },
      { id: 400, version: 2, members: [{ action: 'remove' as const, type: 'user', value: 'sip:c@d' }] },
    ];
    assert.deepEqual(parseContainerChanges(formatContainerChanges(changes)), changes);
    const groups = { ServerConfiguration: { ucDiffServVoice: '40' }, meetingPolicy: {} };
    assert.deepEqual(parseProvisioning(formatProvisioning(groups)), groups);
    assert.deepEqual(parseProvisioningRequest(formatProvisioningRequest(['ucPolicy'])), ['ucPolicy']);
    const conference = { focusUri: 'sip:o@d;gruu;opaque=app:conf:focus:id:1', im: true, subject: 's' };
    assert.deepEqual(parseConferenceInvitation(formatConferenceInvitation(conference)), conference);
  });

  it('keep what they give no meaning to, with its type and namespaces', () => {
    const device =
      '<device xmlns="http://schemas.microsoft.com/2006/09/sip/device" endpointId="e1"><capabilities preferred="false"><text capture="true"/></capabilities><machineName>PC</machineName></device>';
    const text = `<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="a@b"><category name="device" instance="1">${device}</category></categories>`;
    const once = parseCategories(text);
    assert.ok(once);
    assert.ok(formatCategories(once).includes(device));
    assert.deepEqual(parseCategories(formatCategories(once)), once);
  });

  it('are refused, never half read, where they are something else', () => {
    for (const parse of [
      parseCategories,
      parsePublish,
      parseRoamingSelf,
      parseRoamingList,
      parseContactList,
      parseContactDelta,
      parseContactOperation,
      parseMsFault,
      parseBatchSubscribe,
      parseContainerChanges,
      parseProvisioning,
      parseProvisioningRequest,
      parseConferenceInvitation,
    ]) {
      for (const text of ['', 'x', '<a/>', '<!DOCTYPE a><a/>', '<a>'.repeat(100)])
        assert.equal(parse(text), undefined);
    }
    assert.equal(documentNamed('<a><b></a>', 'a'), undefined);
    assert.equal(
      parsePublish(
        '<publish><publications uri="a"><publication categoryName="state"/></publications></publish>',
      ),
      undefined,
    );
  });
});

describe('a notification of a batch', () => {
  const seen = { uri: 'sip:bob@contoso.example', categories: [] };

  it('brings the list and what is seen of each, whether padded for libpurple or not', () => {
    const batch = {
      uri: 'sip:alice@contoso.example',
      version: 2,
      fullState: true,
      resources: [
        { uri: seen.uri, instance: { kind: 'active' as const, categories: seen } },
        { uri: 'sip:carol@contoso.example', instance: { kind: 'active' as const } },
        { uri: 'sip:x@y', instance: { kind: 'resubscribe' as const, poolFqdn: 'pool.example' } },
        { uri: 'sip:z@y', instance: { kind: 'terminated' as const, reason: 'noresource' } },
      ],
    };
    for (const padded of [true, false]) {
      const { contentType, body } = writePresenceBatch(batch, 'b1', { padded });
      assert.deepEqual(readPresenceBatch(contentType, body), batch);
    }
  });

  it('may be the categories of one person alone', () => {
    const read = readPresenceBatch(
      'application/msrtc-event-categories+xml',
      new TextEncoder().encode(formatCategories(seen)),
    );
    assert.deepEqual(read?.resources, [{ uri: seen.uri, instance: { kind: 'active', categories: seen } }]);
    assert.equal(readPresenceBatch('text/plain', new Uint8Array()), undefined);
    assert.equal(readPresenceBatch('multipart/related;boundary=b', new Uint8Array()), undefined);
  });
});
