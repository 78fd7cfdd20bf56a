import { putGuard, type Resource } from '../hal.ts';
import type { ApplicationScope } from './application-scope.ts';
import { etagOf } from './etag.ts';

export function communicationResource(application: ApplicationScope): Resource {
  const { communication } = application.paths;
  const content = {
    supportedModalities: application.modalities,
    supportedMessageFormats: application.formats,
  };
  return {
    [application.putGuardName]: putGuard,
    ...content,
    _links: {
      self: { href: communication },
      conversations: { href: `${communication}/conversations?filter=active` },
      startMessaging: { href: `${communication}/messagingInvitations` },
    },
    rel: 'communication',
    etag: etagOf(content),
  };
}
