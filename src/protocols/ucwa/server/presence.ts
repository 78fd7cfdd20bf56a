import { badParameters, UcwaError } from '../errors.ts';
import type { Application } from './application.ts';
import { type ApplicationRoute, noContent, parameter } from './context.ts';
import { Input } from './input.ts';
import { addressIn, contactResource } from './people.ts';

/** Following the presence of others. */
export function presenceRoutes(route: ApplicationRoute): void {
  route('GET', '/people/presenceSubscriptions', (application) => ({
    _links: { self: { href: `${application.paths.people}/presenceSubscriptions` } },
    _embedded: {
      presenceSubscription: Array.from(application.subscriptions.all, (one) =>
        application.subscriptions.resource(one),
      ),
    },
    rel: 'presenceSubscriptions',
  }));

  route('POST', '/people/presenceSubscriptions', (application, request, reply) => {
    const input = new Input(request);
    const duration = durationOf(input);
    const groupId = input.text('groupId', 256);
    const uris = input.list('uris', application.limits.subscribedContacts, 250);
    if (groupId === undefined && uris === undefined) input.reject('uris', 'is required');
    input.check();
    const addresses =
      groupId === undefined ? addressesOf(uris ?? [], 'uris') : membersOf(application, groupId);
    const subscription = application.subscriptions.create(addresses, duration, groupId);
    return reply.code(201).send(application.subscriptions.resource(subscription));
  });

  route('GET', '/people/presenceSubscriptions/:id', (application, request) =>
    application.subscriptions.resource(application.subscriptions.get(parameter(request, 'id'))),
  );

  route('POST', '/people/presenceSubscriptions/:id', (application, request) => {
    const input = new Input(request);
    const duration = durationOf(input);
    input.check();
    return application.subscriptions.resource(
      application.subscriptions.extend(parameter(request, 'id'), duration),
    );
  });

  route('DELETE', '/people/presenceSubscriptions/:id', (application, request, reply) => {
    application.subscriptions.remove(parameter(request, 'id'));
    noContent(reply);
  });

  route('GET', '/people/presenceSubscriptionMemberships', (application, request) => {
    const id = new Input(request).text('presenceSubscriptionId', 256);
    const all = id === undefined ? [...application.subscriptions.all] : [application.subscriptions.get(id)];
    return membershipsResource(
      application,
      all.flatMap((one) => Array.from(one.addresses, (address) => ({ id: one.id, address }))),
    );
  });

  route('POST', '/people/presenceSubscriptionMemberships', (application, request, reply) => {
    const input = new Input(request);
    const id = input.requiredText('presenceSubscriptionId', 256);
    const uris = input.list('contactUris', application.limits.subscribedContacts, 250);
    if (uris === undefined) input.reject('contactUris', 'is required');
    input.check();
    const addresses = addressesOf(uris ?? [], 'contactUris');
    application.subscriptions.addTo(id, addresses);
    return reply.code(201).send(
      membershipsResource(
        application,
        addresses.map((address) => ({ id, address })),
      ),
    );
  });

  route('DELETE', '/people/presenceSubscriptionMemberships/:id/:address', (application, request, reply) => {
    application.subscriptions.removeMember(
      parameter(request, 'id'),
      addressIn(parameter(request, 'address')),
    );
    noContent(reply);
  });

  route('GET', '/people/subscribedContacts', (application) => ({
    _links: { self: { href: `${application.paths.people}/subscribedContacts` } },
    _embedded: {
      contact: Array.from(application.subscriptions.contacts, (address) =>
        contactResource(application, application.endpoint.card(address)),
      ),
    },
    rel: 'subscribedContacts',
  }));
}

function durationOf(input: Input): number {
  const duration = input.integer('duration', 10, 30);
  if (duration === undefined && input.raw('duration') === undefined) input.reject('duration', 'is required');
  return duration ?? 10;
}

function addressesOf(uris: readonly string[], field: string): readonly string[] {
  if (uris.length === 0) throw badParameters({ [field]: 'must name at least one contact' });
  return uris.map((uri) => addressIn(uri, field));
}

function membersOf(application: Application, groupId: string): readonly string[] {
  const group = application.endpoint.groups().find(({ id }) => id === groupId);
  if (!group) throw new UcwaError('NotFound', undefined, 'There is no such group.');
  return group.contacts;
}

function membershipsResource(
  application: Application,
  members: readonly { readonly id: string; readonly address: string }[],
) {
  const { paths } = application;
  const base = `${paths.people}/presenceSubscriptionMemberships`;
  return {
    _links: { self: { href: base } },
    _embedded: {
      presenceSubscriptionMembership: members.map(({ id, address }) => ({
        _links: {
          self: { href: `${base}/${id}/${address}` },
          contact: { href: paths.contact(address) },
          presenceSubscription: { href: paths.subscription(id) },
        },
        rel: 'presenceSubscriptionMembership',
      })),
    },
    rel: 'presenceSubscriptionMemberships',
  };
}
