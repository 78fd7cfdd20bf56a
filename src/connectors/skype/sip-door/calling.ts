import type { SipUri } from '../../../core/people.ts';
import { decide, type ForkAction, startForks } from '../../../protocols/sip/dialog/forking.ts';
import { startAsCaller } from '../../../protocols/sip/dialog/session.ts';
import { parseNameAddrs } from '../../../protocols/sip/headers/name-addr.ts';
import { type Header, header, headerLines, type SipResponse } from '../../../protocols/sip/message.ts';
import type { ClientTransaction } from '../../../protocols/sip/transaction/client.ts';
import type { DialogId, InviteEnd, InviteOptions } from '../door.ts';
import type { Failure } from '../errors.ts';
import { sipUri } from '../ids.ts';
import { firstTextHeader, textFormatOption } from './content.ts';
import { Established, sessionDescription } from './established.ts';
import { endpointLost, failureOfAnswer, failureOfResponse } from './failures.ts';
import { addressIn, type Ended, type Host, nameOf } from './host.ts';
import type { Link } from './link.ts';
import { contactOf, requestOf } from './self.ts';

export interface CallOptions {
  readonly host: Host;
  readonly link: Link;
  readonly dialog: DialogId;
  readonly to: SipUri;
  readonly text: string;
  readonly invite: InviteOptions;
  readonly ended: Ended;
  /** The session is there; texts can be sent in it. */
  readonly established: (session: Established) => void;
}

/** An invitation of ours, from the INVITE to its fate. */
export class Call {
  readonly dialog: DialogId;
  readonly outcome: Promise<InviteEnd>;
  readonly #options: CallOptions;
  readonly #settle: (end: InviteEnd) => void;
  readonly #transaction: ClientTransaction | undefined;
  readonly #remote: InviteEnd & { kind: 'accepted' };
  #isCancelled = false;

  constructor(options: CallOptions) {
    const { host, link, dialog, to, text } = options;
    this.dialog = dialog;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<InviteEnd>();
    this.outcome = promise;
    this.#settle = resolve;
    const request = requestOf(host.self, host.names, { method: 'INVITE', to, ...this.#parts(text) });
    const remote = nameOf(header(request, 'Call-ID') ?? '', 'invite');
    this.#remote = { kind: 'accepted', thread: options.invite.thread, remote };
    let forks = startForks(request);
    const step = (event: Parameters<typeof decide>[1]): void => {
      const { forks: next, actions } = decide(forks, event);
      forks = next;
      for (const action of actions) this.#act(action);
    };
    this.#transaction = link.invite(request, {
      onResponse: (response) => step({ kind: 'response', response }),
      onFailure: (why) => {
        if (forks.outcome === 'waiting')
          this.#fail(failureOfAnswer({ kind: 'none', why, sent: true }, 'invite'));
        step({ kind: 'failure' });
      },
    });
    if (!this.#transaction) this.#fail(endpointLost);
  }

  /** Takes it back; what became of it still comes as its outcome. */
  cancel(): void {
    this.#isCancelled = true;
    this.#transaction?.cancel();
  }

  #parts(text: string): { readonly headers: readonly Header[]; readonly body: Uint8Array } {
    const { host, invite } = this.#options;
    const { type, body } = sessionDescription();
    return {
      headers: [
        contactOf(host.self),
        { name: 'Content-Type', value: type },
        { name: 'Supported', value: textFormatOption },
        { name: 'Ms-Conversation-ID', value: invite.thread },
        firstTextHeader(text),
        ...(invite.subject === undefined ? [] : [{ name: 'Subject', value: invite.subject }]),
      ],
      body,
    };
  }

  #act(action: ForkAction): void {
    const { link } = this.#options;
    switch (action.kind) {
      case 'ack':
        link.sendUnanswered(action.request);
        return;
      case 'bye':
        void link.ask(action.request);
        return;
      case 'answered':
        void this.#answered(action);
        return;
      case 'refused':
        this.#fail(this.#refusal(action.response));
        return;
      case 'progress':
      case 'gone':
      case 'failed':
        return;
    }
  }

  #refusal(response: SipResponse): Failure {
    const failure = failureOfResponse(response, 'invite');
    // A pool that says nothing else answers 487 to what was taken back, and 408 to what rang in vain.
    return this.#isCancelled && response.status === 487 ? { ...failure, id: 'no-answer' } : failure;
  }

  /** Where the peer has not taken the text out of the invitation, it is sent now, and its fate is the invitation's. */
  async #answered({ dialog, response }: ForkAction & { kind: 'answered' }): Promise<void> {
    const { host, link, to, text, established, ended } = this.#options;
    const session = new Established({
      host,
      link,
      dialog: this.dialog,
      peer: to,
      session: startAsCaller(dialog),
      ended,
    });
    established(session);
    const by = answererOf(response);
    const accepted: InviteEnd = {
      ...this.#remote,
      ...(by === undefined || by === to ? {} : { by }),
    };
    if (supports(response, textFormatOption)) {
      this.#settle(accepted);
      return;
    }
    const sent = await session.send(text);
    if (sent.kind === 'sent') {
      this.#settle({ ...accepted, remote: sent.remote });
      return;
    }
    this.#settle(sent);
    await session.end();
  }

  #fail(failure: Failure): void {
    this.#settle({ kind: 'failed', failure });
  }
}

/** Who took it up, where the pool says so: the asserted identity of the answer. */
function answererOf(response: SipResponse): SipUri | undefined {
  for (const line of headerLines(response, 'P-Asserted-Identity'))
    for (const { uri } of parseNameAddrs(line) ?? []) if (/^sips?:/i.test(uri)) return sipUri(uri);
  return addressIn(response, 'To');
}

function supports(response: SipResponse, option: string): boolean {
  return headerLines(response, 'Supported').some((line) =>
    line.split(',').some((each) => each.trim().toLowerCase() === option),
  );
}
