import { dialogIdOf } from '../../../protocols/sip/dialog/dialog.ts';
import type { Capabilities } from '../../../protocols/sip/inspect.ts';
import { invite, type OpenInvite } from './calls/from-client.ts';
import type { Actor, Context } from './handler.ts';
import { type Refusal, refusals, refuseWith } from './refusal.ts';
import { serve } from './services.ts';
import { subscribeTo } from './subscriptions/events.ts';

const methods = [
  ...['REGISTER', 'INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'MESSAGE', 'INFO', 'SUBSCRIBE', 'NOTIFY'],
  ...['PUBLISH', 'SERVICE', 'BENOTIFY'],
];

/** What this server can do with requests at all. */
export const capabilities: Capabilities = {
  methods,
  schemes: ['sip', 'sips'],
  extensions: ['adhoclist', 'categorylist', 'eventlist', 'gruu', 'gruu-10', 'ms-benotify'],
};

/** How a connection takes part: it knows who acts, and which invitations wait. */
export interface Handling {
  /** Who the request is from, made for the moment if they are not registered; `undefined` where there are too many. */
  actor(context: Context): Actor | undefined;
  waits(context: Context, open: OpenInvite): void;
}

/** One request of somebody who is who they say. */
export function handle(context: Context, handling: Handling): void {
  const refusal = act(context, handling);
  if (refusal) refuseWith(context.transaction, refusal, context.door.fqdn);
}

/** What is not refused is answered, now or later. */
function act(context: Context, handling: Handling): Refusal | undefined {
  const { door, line, transaction, address, endpoint } = context;
  const { request } = transaction;
  const dialog = dialogIdOf(request);
  if (dialog !== undefined && request.method !== 'REGISTER') {
    const owner = line.dialogs.find(dialog);
    owner?.receive(transaction);
    return owner ? undefined : refusals.noSuchDialog;
  }
  switch (request.method) {
    case 'REGISTER':
      door.registrar.register(line, transaction, address);
      return undefined;
    case 'SUBSCRIBE':
      return subscribeTo(context);
    case 'SERVICE':
      return serve(context);
    case 'PUBLISH':
      door.simple.publish(transaction, address, endpoint);
      return undefined;
    case 'INVITE':
    case 'MESSAGE':
      return write(context, handling);
    case 'OPTIONS':
      transaction.respond(200, { headers: [{ name: 'Allow', value: methods.join(', ') }] });
      return undefined;
    default:
      return refusals.noSuchDialog;
  }
}

function write(context: Context, handling: Handling): Refusal | undefined {
  const { door, line, transaction } = context;
  const actor = handling.actor(context);
  if (actor === undefined) return refusals.tooMany;
  if (transaction.request.method === 'MESSAGE') {
    actor.pager.receive(transaction);
    return undefined;
  }
  const { pool, limits } = door;
  const open = invite({ pool, line, endpoint: actor.core, transaction, maxText: limits.text });
  if (open) handling.waits(context, open);
  return undefined;
}
