import assert from 'node:assert/strict';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { header, type SipMessage, type SipRequest, type SipResponse } from '../message.ts';
import { parseMessage } from '../parse.ts';
import type { ClientListener } from './client.ts';
import { Transactions, type TransactionUser } from './layer.ts';
import type { Failure } from './machine.ts';
import type { ServerTransaction } from './server.ts';

/** As a peer sends it. */
export function request(method: string, cseq = 1, branch = 'z9hG4bKpeer'): SipRequest {
  const parsed = parseMessage(
    Buffer.from(
      [
        `${method} sip:bob@contoso.example SIP/2.0`,
        `Via: SIP/2.0/TCP 10.0.0.9:5060${branch && `;branch=${branch}`}`,
        'From: <sip:alice@contoso.example>;tag=a',
        'To: <sip:bob@contoso.example>',
        'Call-ID: c1',
        `CSeq: ${cseq} ${method}`,
        '',
        '',
      ].join('\r\n'),
    ),
  );
  assert.ok(parsed.kind === 'message' && parsed.message.kind === 'request');
  return parsed.message;
}

/** As a user hands it in: without a Via. */
export const ours = (method: string): SipRequest => ({
  ...request(method),
  headers: request(method).headers.filter(({ name }) => name !== 'Via'),
});

/** One layer on a manual clock, and what it sent and told. */
export function layer(
  options: {
    reliable?: boolean;
    limit?: number | (() => number);
    newTag?: () => string;
    onRequest?: (t: ServerTransaction) => void;
  } = {},
) {
  const clock = new ManualClock();
  const sent: SipMessage[] = [];
  const seen: string[] = [];
  const open: ServerTransaction[] = [];
  const user: TransactionUser = {
    onRequest(transaction) {
      seen.push(`request ${transaction.request.method}`);
      open.push(transaction);
      options.onRequest?.(transaction);
    },
    onUnanswered: ({ method }) => void seen.push(`unanswered ${method}`),
    onCancel(transaction, cancel) {
      seen.push(`cancel ${header(cancel, 'Reason') ?? ''}`.trim());
      transaction.respond(487);
    },
    onServerFailure: (_transaction, failure) => void seen.push(`failure ${failure}`),
    onStrayResponse: ({ status }) => void seen.push(`stray ${status}`),
  };
  let branches = 0;
  const transactions = new Transactions(
    {
      clock,
      reliable: options.reliable ?? true,
      send: (message) => void sent.push(message),
      via: { transport: 'TCP', host: '10.0.0.1', port: 5060, params: [] },
      newBranch: () => `z9hG4bKown${++branches}`,
      newTag: options.newTag ?? (() => 'tag'),
      ...(options.limit !== undefined && { limit: options.limit }),
    },
    user,
  );
  const results: (SipResponse | Failure)[] = [];
  const listener: ClientListener = {
    onResponse: (response) => void results.push(response),
    onFailure: (failure) => void results.push(failure),
  };
  const line = (message: SipMessage | undefined): string =>
    message === undefined ? 'nothing' : message.kind === 'request' ? message.method : String(message.status);
  const lines = (): readonly string[] => sent.map(line);
  const taken = (): readonly string[] =>
    results.map((each) => (typeof each === 'string' ? each : String(each.status)));
  const lastRequest = (): SipRequest => {
    const last = sent.findLast((message) => message.kind === 'request');
    assert.ok(last?.kind === 'request');
    return last;
  };
  return { clock, sent, seen, open, transactions, listener, lines, taken, lastRequest };
}
