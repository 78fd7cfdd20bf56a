import type { Pair, PersonId } from '../../core/ids.ts';
import type { Body } from '../../core/message.ts';
import type { Person } from '../../core/people.ts';
import type { Refusal } from '../../core/refusals.ts';
import { catalogue } from '../../core/refusals.ts';
import { type IncomingMessage, IntakeRefused, type Sink } from '../../gateway/connector.ts';
import type { Directory } from '../../gateway/directory.ts';
import type { DialogId, DoorInvitation, DoorListener, DoorMessage } from './door.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import { threadKey } from './ids.ts';
import type { Proxies } from './proxies.ts';
import { createRinging } from './ringing.ts';
import { helpText, noticeText } from './to-ucwa.ts';

export interface IncomingOptions {
  readonly sink: Sink;
  readonly directory: Directory;
  readonly endpoints: Endpoints;
  readonly proxies: Proxies;
  readonly mintId: () => string;
}

/** The part of a listener that is about texts. */
export type Incoming = Pick<DoorListener, 'invited' | 'received' | 'ended'>;

const tellMs = 30_000;

/** What an invitation is to the endpoint that it came to. */
type Meant =
  | { readonly kind: 'pair'; readonly author: Person; readonly recipient: PersonId }
  /** One of our own endpoints has sent it, to all endpoints of its peer. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'stranger' }
  /** It went to the gateway's own account, and nothing says for whom. */
  | { readonly kind: 'unclear' };

/** What people write to one endpoint: finds out who is meant, and hands it on before the pool is told anything. */
export function createIncoming(endpoint: Endpoint, options: IncomingOptions): Incoming {
  const { sink, directory, endpoints, proxies } = options;
  /** Texts of one dialog are taken one after the other; once one is not, none after it until it comes again. */
  const intake = new Map<DialogId, Promise<void>>();
  const ringing = createRinging(endpoint, sink);

  const threadOf = (invitation: DoorInvitation) =>
    threadKey({ pool: endpoint.pool, owner: endpoint.sip, peer: invitation.from, thread: invitation.thread });

  const meantBy = async (invitation: DoorInvitation): Promise<Meant> => {
    const theirs = endpoints.bySip(invitation.from)?.inviting(endpoint.sip, invitation.thread);
    if (theirs) {
      theirs.declineOurselves();
      return { kind: 'ours' };
    }
    const author = directory.bySip(invitation.from);
    if (!author) return { kind: 'stranger' };
    if (endpoint.owner.kind === 'person') {
      return { kind: 'pair', author, recipient: endpoint.owner.person };
    }
    const pair = await sink.peopleOf('skype', threadOf(invitation));
    const recipient = otherOf(pair, author.id) ?? proxies.onlyAuthorFor(author.id);
    return recipient === undefined ? { kind: 'unclear' } : { kind: 'pair', author, recipient };
  };

  const written = (
    { id: author, skype }: Person,
    recipient: PersonId,
    thread: string,
    { remote: remoteId, at: writtenAt }: Pick<DoorMessage, 'remote' | 'at'>,
    body: Body,
  ): IncomingMessage | undefined => {
    if (skype.home === 'none') return undefined;
    const key = threadKey({ pool: endpoint.pool, owner: endpoint.sip, peer: skype.sip, thread });
    return { side: 'skype', thread: key, remoteId, author, recipient, body, writtenAt };
  };

  const refuse = (id: Refusal['id'], detail: string, person?: string): void =>
    sink.refused('skype', { id, side: 'skype', detail, ...(person === undefined ? {} : { person }) });

  const invited = async (invitation: DoorInvitation): Promise<void> => {
    const { dialog, from, body, thread } = invitation;
    if (endpoint.find(dialog)) return;
    using _arrived = ringing.arrived(invitation);
    const meant = await meantBy(invitation);
    switch (meant.kind) {
      case 'ours':
        return await endpoint.door.decline(dialog);
      case 'stranger':
        refuse('no-such-person', 'invitation from an address that the directory does not know', from);
        return await endpoint.door.decline(dialog);
      case 'unclear':
        void explainAndEnd(endpoint, dialog, options.mintId());
        return;
      case 'pair': {
        const { author, recipient } = meant;
        const inTheNameOf = endpoint.owner.kind === 'gateway' ? recipient : undefined;
        const message = body && written(author, recipient, thread, invitation, body);
        try {
          if (message && ringing.mayRing(from)) return await ringing.rings(invitation, message);
          ringing.giveWay(from);
          if (message) await sink.take(message);
        } catch (error) {
          report(error);
          return await endpoint.door.decline(dialog);
        }
        endpoint.adopt(dialog, thread, from, inTheNameOf);
      }
    }
  };

  const report = (error: unknown): void => {
    const detail = 'intake failed';
    sink.refused(
      'skype',
      error instanceof IntakeRefused ? error.refusal : { id: 'ledger-full', side: 'skype', detail },
    );
  };

  const received = async (message: DoorMessage): Promise<void> => {
    const found = endpoint.find(message.dialog);
    const author = found && directory.bySip(found.session.peer);
    const recipient = endpoint.owner.kind === 'person' ? endpoint.owner.person : found?.inTheNameOf;
    if (!found || !author || recipient === undefined) {
      refuse('malformed', 'message in a session that is not known');
      return;
    }
    found.session.heard(message.dialog);
    const thread = found.session.threadOf(message.dialog);
    try {
      const text = written(author, recipient, thread, message, message.body);
      if (text) await sink.take(text);
    } catch (error) {
      report(error);
      if (!(error instanceof IntakeRefused) || catalogue[error.refusal.id].retry) throw error;
      const about = directory.person(recipient);
      if (!about) return;
      const words = noticeText(about, error.refusal, message.body);
      void found.session.bring(`refusal of ${message.remote}`, words, AbortSignal.timeout(tellMs));
    }
  };

  return {
    invited,
    received(message) {
      const before = intake.get(message.dialog) ?? Promise.resolve();
      const next = before.then(() => received(message));
      intake.set(message.dialog, next);
      const forget = (): void => {
        if (intake.get(message.dialog) === next) intake.delete(message.dialog);
      };
      next.then(forget, forget);
      return next.then(() => sink.beforeAcknowledging());
    },
    ended(dialog, how) {
      endpoint.ended(dialog);
      ringing.ended(dialog, how);
    },
  };
}

function otherOf(pair: Pair | undefined, one: PersonId): PersonId | undefined {
  if (!pair) return undefined;
  if (pair[0] === one) return pair[1];
  return pair[1] === one ? pair[0] : undefined;
}

/** Never guesses: says how to reach somebody, and leaves. */
async function explainAndEnd(endpoint: Endpoint, dialog: DialogId, id: string): Promise<void> {
  if ((await endpoint.door.accept(dialog)) === undefined) await endpoint.door.send(dialog, id, helpText);
  await endpoint.door.end(dialog);
}
