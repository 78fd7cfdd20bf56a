import type { DigestSession } from '../../../protocols/sip/auth/digest-client.ts';
import { authorize, readChallenge } from '../../../protocols/sip/auth/digest-client.ts';
import { formatCSeq, parseCSeq } from '../../../protocols/sip/headers/cseq.ts';
import { header, type SipRequest, withHeader } from '../../../protocols/sip/message.ts';
import type { DoorAccount } from '../door.ts';
import type { Answer, Link } from './link.ts';
import type { Names } from './names.ts';

/**
 * Asks a server for an account, and proves who asks where the server wants it and a password is known. A trusted
 * application is never asked. For requests outside of dialogs: the proof takes the next number of CSeq.
 */
export type Ask = (link: Link, request: SipRequest) => Promise<Answer>;

export function createAsk({ username, password }: DoorAccount, names: Names): Ask {
  let session: DigestSession | undefined;
  return async (link, request) => {
    const prove = (asked: SipRequest): SipRequest => {
      if (!session) return asked;
      const proof = authorize(asked, session, { user: username, password }, names.tag());
      session = proof.session;
      return proof.request;
    };
    const used = session;
    const answer = await link.ask(prove(request));
    if (answer.kind === 'none' || password === '') return answer;
    if (answer.response.status !== 401 && answer.response.status !== 407) return answer;
    const challenge = readChallenge(answer.response, used && session);
    if (challenge.kind !== 'answerable') {
      session = undefined;
      return answer;
    }
    session = challenge.session;
    const again = await link.ask(prove(numberedNext(request)));
    if (again.kind === 'response' && (again.response.status === 401 || again.response.status === 407))
      session = undefined;
    return again;
  };
}

function numberedNext(request: SipRequest): SipRequest {
  const cseq = parseCSeq(header(request, 'CSeq') ?? '');
  return cseq ? withHeader(request, 'CSeq', formatCSeq({ ...cseq, number: cseq.number + 1 })) : request;
}
