import { parseTimeSpan } from '../dates.ts';
import { UcwaError } from '../errors.ts';
import type { Resource } from '../hal.ts';
import { messageFormats, preferredAvailabilities } from '../types.ts';
import type { Application } from './application.ts';
import { type ApplicationRoute, noContent } from './context.ts';
import { Input } from './input.ts';

const noteLimit = 500;
const locationLimit = 60;
const supportedModalities = ['Messaging', 'PhoneAudio'] as const;

/** The signed-in user: from lurking to being seen, and what is seen. */
export function meRoutes(route: ApplicationRoute): void {
  route('GET', '/me', (application) => meResource(application));

  route('POST', '/me/makeMeAvailable', (application, request, reply) => {
    const input = new Input(request);
    const modalities = input.list('supportedModalities', 20, 50) ?? [];
    const formats = input.list('supportedMessageFormats', 10, 20);
    const signInAs = input.oneOf('signInAs', preferredAvailabilities);
    const inactiveAfterMs = timeSpanOf(input, 'inactiveTimeout');
    const knownFormats = formatsOf(input, formats);
    input.check();
    const known = modalities.map((wanted) =>
      supportedModalities.find((one) => one.toLowerCase() === wanted.toLowerCase()),
    );
    if (known.includes(undefined)) {
      throw new UcwaError('Forbidden', undefined, 'Only Messaging and PhoneAudio may be supported.');
    }
    application.makeAvailable({
      modalities: [...new Set(known.filter((one) => one !== undefined))],
      formats: knownFormats,
      signInAs,
      inactiveAfterMs,
    });
    noContent(reply);
  });

  route('POST', '/me/reportMyActivity', (application, _request, reply) => {
    application.requireAvailable();
    application.reportActivity();
    noContent(reply);
  });

  route('GET', '/me/presence', (application) => {
    application.requireAvailable();
    const { availability, activity } = application.endpoint.presence();
    return {
      availability,
      ...(activity === undefined ? {} : { activity }),
      _links: { self: { href: `${application.paths.me}/presence` } },
      rel: 'presence',
    };
  });

  route('POST', '/me/presence', (application, request, reply) => {
    application.requireAvailable();
    const input = new Input(request);
    const availability = input.oneOf('availability', preferredAvailabilities);
    input.check();
    application.endpoint.choosePresence(availability);
    noContent(reply);
  });

  route('GET', '/me/note', (application) => {
    application.requireAvailable();
    return {
      ...application.endpoint.note(),
      _links: { self: { href: `${application.paths.me}/note` } },
      rel: 'note',
    };
  });

  route('POST', '/me/note', (application, request, reply) => {
    application.requireAvailable();
    const input = new Input(request);
    const message = input.text('message', noteLimit) ?? '';
    input.check();
    application.endpoint.setNote(message);
    noContent(reply);
  });

  route('GET', '/me/location', (application) => {
    application.requireAvailable();
    return {
      location: application.endpoint.location(),
      _links: { self: { href: `${application.paths.me}/location` } },
      rel: 'location',
    };
  });

  route('POST', '/me/location', (application, request, reply) => {
    application.requireAvailable();
    const input = new Input(request);
    const location = input.text('location', locationLimit) ?? '';
    input.check();
    application.endpoint.setLocation(location);
    noContent(reply);
  });

  route('GET', '/me/phones', (application) => ({
    _links: { self: { href: `${application.paths.me}/phones` } },
    _embedded: { phone: [] },
    rel: 'phones',
  }));

  route('GET', '/photos/:address', () => {
    throw new UcwaError('NotFound', undefined, 'The person has no photo.');
  });
}

export function meResource(application: Application): Resource {
  const { me } = application.endpoint;
  const self = application.paths.me;
  return {
    name: me.name,
    uri: `sip:${me.address}`,
    emailAddresses: me.emailAddresses,
    _links: {
      self: { href: self },
      ...(application.available
        ? {
            note: { href: `${self}/note` },
            presence: { href: `${self}/presence` },
            location: { href: `${self}/location` },
            reportMyActivity: { href: `${self}/reportMyActivity` },
          }
        : { makeMeAvailable: { href: `${self}/makeMeAvailable` } }),
      phones: { href: `${self}/phones` },
      photo: { href: application.paths.photo(me.address) },
    },
    rel: 'me',
  };
}

/** Plain is always understood. */
export function formatsOf(
  input: Input,
  wanted: readonly string[] | undefined,
): readonly ('Plain' | 'Html')[] {
  const found = (wanted ?? []).map((name) =>
    messageFormats.find((format) => format.toLowerCase() === name.toLowerCase()),
  );
  if (found.includes(undefined)) input.reject('supportedMessageFormats', 'must be of Plain, Html');
  return found.includes('Html') ? ['Plain', 'Html'] : ['Plain'];
}

function timeSpanOf(input: Input, name: string): number | undefined {
  const value = input.raw(name);
  if (value === undefined) return undefined;
  const span = typeof value === 'string' || typeof value === 'number' ? parseTimeSpan(value) : undefined;
  if (span === undefined) input.reject(name, 'must be a time span');
  return span;
}
