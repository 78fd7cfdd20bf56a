import { UcwaError } from '../errors.ts';
import type { Resource } from '../hal.ts';
import type { Application } from './application.ts';
import type { ContactGroup, GroupResult } from './backend.ts';
import { type ApplicationRoute, noContent, parameter } from './context.ts';
import { etagOf, requireEtag } from './etag.ts';
import { Input } from './input.ts';
import { addressIn, contactResource } from './people.ts';

const nameLimit = 256;

/** The contact list and its groups, in their second revision, which may be written. */
export function groupRoutes(route: ApplicationRoute): void {
  route('GET', '/people/contacts', (application, request) => {
    const groupId = new Input(request).text('groupId', nameLimit);
    const self = `${application.paths.people}/contacts`;
    const addresses =
      groupId === undefined ? application.endpoint.contacts() : groupOf(application, groupId).contacts;
    return {
      _links: { self: { href: groupId === undefined ? self : `${self}?groupId=${groupId}` } },
      _embedded: {
        contact: addresses.map((address) => contactResource(application, application.endpoint.card(address))),
      },
      rel: groupId === undefined ? 'myContacts' : 'groupContacts',
    };
  });

  route('GET', '/people/groups', (application) => {
    const groups = application.endpoint.groups();
    const of = (kind: ContactGroup['kind']) =>
      groups.filter((group) => group.kind === kind).map((group) => groupResource(application, group));
    const [pinnedGroup] = of('pinned');
    const [defaultGroup] = of('default');
    return {
      _links: { self: { href: `${application.paths.people}/groups` } },
      _embedded: {
        ...(pinnedGroup ? { pinnedGroup } : {}),
        ...(defaultGroup ? { defaultGroup } : {}),
        group: of('custom'),
        distributionGroup: [],
      },
      rel: 'myGroups',
    };
  });

  route('POST', '/people/groups', (application, request, reply) => {
    const input = new Input(request);
    const name = input.requiredText('displayName', nameLimit);
    input.check();
    requireDone(application.endpoint.addGroup(name));
    noContent(reply);
  });

  route('GET', '/people/groups/:id', (application, request) =>
    groupResource(application, groupOf(application, parameter(request, 'id'))),
  );

  route('PUT', '/people/groups/:id', (application, request) => {
    const id = parameter(request, 'id');
    requireEtag(request.headers['if-match'], groupResource(application, groupOf(application, id)).etag);
    const input = new Input(request);
    const name = input.requiredText('name', nameLimit);
    input.check();
    requireDone(application.endpoint.renameGroup(id, name));
    return groupResource(application, groupOf(application, id));
  });

  route('DELETE', '/people/groups/:id', (application, request, reply) => {
    requireDone(application.endpoint.removeGroup(parameter(request, 'id')));
    noContent(reply);
  });

  route('GET', '/people/groupMemberships', (application) => ({
    _links: { self: { href: `${application.paths.people}/groupMemberships` } },
    _embedded: {
      myGroupMembership: application.endpoint
        .groups()
        .flatMap(({ id, contacts }) =>
          contacts.map((address) => membershipResource(application, id, address)),
        ),
    },
    rel: 'myGroupMemberships',
  }));

  route('POST', '/people/groupMemberships', (application, request, reply) => {
    const input = new Input(request);
    const uri = input.requiredText('contactUri', 250);
    const groupId = input.requiredText('groupId', nameLimit);
    input.check();
    const address = addressIn(uri, 'contactUri');
    requireDone(application.endpoint.addToGroup(groupId, address));
    return reply.code(201).send(membershipResource(application, groupId, address));
  });

  route('GET', '/people/groupMemberships/:id/:address', (application, request) => {
    const { id, address } = memberOf(request);
    if (!groupOf(application, id).contacts.includes(address)) requireDone('unknown');
    return membershipResource(application, id, address);
  });

  route('DELETE', '/people/groupMemberships/:id/:address', (application, request, reply) => {
    const { id, address } = memberOf(request);
    requireDone(application.endpoint.removeFromGroup(id, address));
    noContent(reply);
  });
}

/** Being told of changes of the contact list. */
export function contactListRoutes(route: ApplicationRoute): void {
  const path = '/people/contactsAndGroupsSubscription';

  route('GET', path, (application) => application.contactList.resource());

  route('POST', `${path}/startOrRefresh`, (application, request, reply) => {
    const input = new Input(request);
    const duration = input.integer('duration', 10, 60) ?? 30;
    input.check();
    application.contactList.startOrRefresh(duration);
    noContent(reply);
  });

  route('POST', `${path}/stop`, (application, _request, reply) => {
    application.contactList.stop();
    noContent(reply);
  });
}

function memberOf(request: Parameters<typeof parameter>[0]) {
  return { id: parameter(request, 'id'), address: addressIn(parameter(request, 'address')) };
}

function groupOf(application: Application, id: string): ContactGroup {
  const group = application.endpoint.groups().find((one) => one.id === id);
  if (!group) throw new UcwaError('NotFound', undefined, 'There is no such group.');
  return group;
}

const relOf = { pinned: 'pinnedGroup', default: 'defaultGroup', custom: 'group' } as const;

function groupResource(application: Application, group: ContactGroup): Resource {
  const { paths } = application;
  const content = { id: group.id, name: group.name };
  return {
    ...content,
    _links: {
      self: { href: paths.group(group.id) },
      groupContacts: { href: `${paths.people}/contacts?groupId=${group.id}` },
      subscribeToGroupPresence: { href: `${paths.people}/presenceSubscriptions?groupId=${group.id}` },
    },
    rel: relOf[group.kind],
    etag: etagOf(content),
  };
}

function membershipResource(application: Application, groupId: string, address: string): Resource {
  const { paths } = application;
  const group = groupOf(application, groupId);
  return {
    _links: {
      self: { href: `${paths.people}/groupMemberships/${groupId}/${address}` },
      contact: { href: paths.contact(address) },
      [relOf[group.kind]]: { href: paths.group(groupId) },
    },
    rel: 'myGroupMembership',
  };
}

/** @throws {UcwaError} */
function requireDone(result: GroupResult): void {
  switch (result) {
    case 'done':
      return;
    case 'unknown':
      throw new UcwaError('NotFound', undefined, 'There is no such group or member.');
    case 'exists':
      throw new UcwaError('Conflict', 'AlreadyExists', 'It exists already.');
    case 'tooMany':
      throw new UcwaError('Conflict', 'LimitExceeded', 'The contact list is full.');
    case 'fixed':
      throw new UcwaError('Forbidden', 'OperationNotSupported', 'The group is not to be changed.');
  }
}
