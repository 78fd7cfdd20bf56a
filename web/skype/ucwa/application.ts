import { stringAt } from '../../shared/http.ts';
import { TroubleError } from '../../shared/trouble.ts';
import type { Ucwa } from './client.ts';
import { embeddedOf, linkOf, type Resource } from './hal.ts';

/** A running application: one signed-in client of a person at a pool, with the links it offers. */
export interface Application {
  readonly self: string;
  readonly events: string;
  readonly me: Resource;
  readonly people: Resource;
  readonly startMessaging: string;
}

/**
 * Makes an application and leaves its lurking state, so that the person is shown as signed in and can be
 * invited. Links are read after that, since they depend on it.
 */
export async function openApplication(
  ucwa: Ucwa,
  applications: string,
  endpointId: string,
): Promise<Application> {
  const { body } = await ucwa.post(applications, {
    userAgent: 'Isthmus page',
    endpointId,
    culture: 'en-US',
  });
  const self = linkOf(body, 'self');
  const makeMeAvailable = linkOf(embeddedOf(body, 'me'), 'makeMeAvailable');
  if (self === undefined) throw incomplete('self');
  if (makeMeAvailable !== undefined)
    await ucwa.post(makeMeAvailable, {
      supportedModalities: ['Messaging'],
      supportedMessageFormats: ['Plain', 'Html'],
    });
  const application = await ucwa.get(self);
  const events = linkOf(application, 'events') ?? linkOf(body, 'events');
  const startMessaging = linkOf(embeddedOf(application, 'communication'), 'startMessaging');
  if (events === undefined) throw incomplete('events');
  if (startMessaging === undefined) throw incomplete('startMessaging');
  return {
    self,
    events,
    startMessaging,
    me: embeddedOf(application, 'me'),
    people: embeddedOf(application, 'people'),
  };
}

export function meOf(application: Application): { readonly uri: string; readonly name: string } {
  const uri = stringAt(application.me, 'uri');
  return { uri, name: stringAt(application.me, 'name') || uri.replace(/^sip:/, '') };
}

function incomplete(rel: string): TroubleError {
  return new TroubleError({
    what: `The pool offers no ${rel} link.`,
    cure: 'Your account may not be allowed to chat here; ask your administrator.',
  });
}
