import { formatDate } from '../dates.ts';
import { badParameters } from '../errors.ts';
import type { Resource } from '../hal.ts';
import type { Application } from './application.ts';
import type { PersonCard } from './backend.ts';
import { type ApplicationRoute, parameter } from './context.ts';
import { etagOf } from './etag.ts';
import { Input } from './input.ts';
import { addressOf } from './paths.ts';

/** Looking people up, and reading what they show of themselves. */
export function peopleRoutes(route: ApplicationRoute): void {
  route('GET', '/people', (application) => peopleResource(application));

  route('GET', '/people/search', (application, request) => {
    const input = new Input(request);
    const query = input.text('query', 256);
    const mail = input.text('mail', 256);
    const limit = input.integer('limit', 1, 100) ?? 100;
    if (!query && !mail) input.reject('query', 'is required');
    input.check();
    const found = application.endpoint.search(query || mail || '');
    const shown = found.slice(0, limit);
    return {
      moreResultsAvailable: found.length > shown.length,
      _links: { self: { href: `${application.paths.people}/search` } },
      _embedded: {
        contact: shown.map((card) => contactResource(application, card)),
        distributionGroup: [],
      },
      rel: 'search',
    };
  });

  route('GET', '/people/:address', (application, request) =>
    contactResource(application, application.endpoint.card(addressIn(parameter(request, 'address')))),
  );

  route('GET', '/people/:address/presence', (application, request) => {
    const address = addressIn(parameter(request, 'address'));
    const { availability, activity, deviceType, lastActive } = application.endpoint.presenceOf(address);
    return {
      availability,
      ...(activity === undefined ? {} : { activity }),
      deviceType,
      ...(lastActive === undefined ? {} : { lastActive: formatDate(lastActive) }),
      _links: { self: { href: `${application.paths.contact(address)}/presence` } },
      rel: 'contactPresence',
    };
  });

  route('GET', '/people/:address/note', (application, request) => {
    const address = addressIn(parameter(request, 'address'));
    return {
      ...application.endpoint.noteOf(address),
      _links: { self: { href: `${application.paths.contact(address)}/note` } },
      rel: 'contactNote',
    };
  });

  route('GET', '/people/:address/location', (application, request) => {
    const address = addressIn(parameter(request, 'address'));
    return {
      location: application.endpoint.locationOf(address),
      _links: { self: { href: `${application.paths.contact(address)}/location` } },
      rel: 'contactLocation',
    };
  });

  route('GET', '/people/:address/supportedMedia', (application, request) => {
    const address = addressIn(parameter(request, 'address'));
    return {
      modalities: application.endpoint.modalitiesOf(address),
      _links: { self: { href: `${application.paths.contact(address)}/supportedMedia` } },
      rel: 'contactSupportedModalities',
    };
  });
}

export function peopleResource(application: Application): Resource {
  const self = application.paths.people;
  return {
    _links: {
      self: { href: self },
      presenceSubscriptions: { href: `${self}/presenceSubscriptions` },
      subscribedContacts: { href: `${self}/subscribedContacts` },
      presenceSubscriptionMemberships: { href: `${self}/presenceSubscriptionMemberships` },
      myGroups: { href: `${self}/groups`, revision: '2' },
      myGroupMemberships: { href: `${self}/groupMemberships`, revision: '2' },
      myContacts: { href: `${self}/contacts` },
      myContactsAndGroupsSubscription: { href: `${self}/contactsAndGroupsSubscription` },
      search: { href: `${self}/search`, revision: '2' },
    },
    rel: 'people',
  };
}

export function contactResource(application: Application, card: PersonCard): Resource {
  const { paths } = application;
  const self = paths.contact(card.address);
  const properties = {
    uri: `sip:${card.address}`,
    sourceNetwork: card.sourceNetwork,
    ...(card.emailAddresses.length > 0 ? { emailAddresses: card.emailAddresses } : {}),
    ...(card.company === undefined ? {} : { company: card.company }),
    ...(card.department === undefined ? {} : { department: card.department }),
    ...(card.title === undefined ? {} : { title: card.title }),
    type: 'User',
    name: card.name,
  };
  return {
    ...properties,
    _links: {
      self: { href: self },
      contactPhoto: { href: paths.photo(card.address) },
      contactPresence: { href: `${self}/presence` },
      contactLocation: { href: `${self}/location` },
      contactNote: { href: `${self}/note` },
      contactSupportedModalities: { href: `${self}/supportedMedia` },
    },
    rel: 'contact',
    etag: etagOf(properties),
  };
}

/** @throws {UcwaError} */
export function addressIn(text: string, field = 'contact'): string {
  const address = addressOf(text);
  if (address === undefined) throw badParameters({ [field]: 'must be a SIP address' });
  return address;
}
