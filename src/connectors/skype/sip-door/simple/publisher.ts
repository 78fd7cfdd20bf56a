import { offline, type Presence } from '../../../../core/presence/presence.ts';
import { pidfType } from '../../../../protocols/sip/body/pidf.ts';
import { parseDigits } from '../../../../protocols/sip/lexical.ts';
import { type Header, header, textBody } from '../../../../protocols/sip/message.ts';
import type { Failure } from '../../errors.ts';
import { failureOfAnswer } from '../failures.ts';
import type { Host } from '../host.ts';
import type { Answer, Link } from '../link.ts';
import type { Publisher } from '../presence.ts';
import { requestOf } from '../self.ts';
import { toPidf } from './pidf-presence.ts';

const retryMs = 10_000;

/**
 * Publishes PIDF by PUBLISH (RFC 3903): the tag of the last publication goes along with the next, and what is published is
 * refreshed before its time is up.
 */
export function createSimplePublisher(host: Host, link: Link, expiresSeconds: number): Publisher {
  const { self, names, ask, clock } = host;
  let entityTag: string | undefined;
  let seconds = expiresSeconds;
  let shown: Presence | undefined;
  let words = '';
  let refreshing: Disposable | undefined;
  let lane: Promise<unknown> = Promise.resolve();
  let isOver = false;

  const put = (expires: number, document: string | undefined): Promise<Answer> => {
    const headers: readonly Header[] = [
      { name: 'Event', value: 'presence' },
      { name: 'Expires', value: String(expires) },
      ...(entityTag === undefined ? [] : [{ name: 'SIP-If-Match', value: entityTag }]),
      ...(document === undefined ? [] : [{ name: 'Content-Type', value: pidfType }]),
    ];
    const body = document === undefined ? {} : { body: textBody(document) };
    return ask(link, requestOf(self, names, { method: 'PUBLISH', to: self.uri, headers, ...body }));
  };

  /** A tag that the server has forgotten (412) and a time that is too short (423) are made good once. */
  const send = async (presence: Presence, refresh: boolean): Promise<Failure | undefined> => {
    const document = toPidf(self.uri, `t${self.epid}`, presence, words);
    if (document === undefined) return undefined;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await put(seconds, refresh && entityTag !== undefined ? undefined : document);
      if (answer.kind === 'none') return failureOfAnswer(answer, 'other');
      const { response } = answer;
      if (response.status < 300) {
        entityTag = header(response, 'SIP-ETag') ?? entityTag;
        schedule((parseDigits(header(response, 'Expires') ?? '', 86_400) ?? seconds) * 500);
        return undefined;
      }
      const least = parseDigits(header(response, 'Min-Expires') ?? '', 86_400);
      if (attempt > 2) return failureOfAnswer(answer, 'other');
      if (response.status === 412 && entityTag !== undefined) entityTag = undefined;
      else if (response.status === 423 && least !== undefined && least > seconds) seconds = least;
      else return failureOfAnswer(answer, 'other');
    }
  };

  const schedule = (ms: number): void => {
    refreshing?.[Symbol.dispose]();
    refreshing = isOver || !shown ? undefined : clock.setTimer(ms, () => void inTurn(refresh));
  };

  const refresh = async (): Promise<Failure | undefined> => {
    if (!shown || isOver) return undefined;
    const failure = await send(shown, true);
    if (failure) {
      host.listener.failed(failure);
      schedule(retryMs);
    }
    return failure;
  };

  const inTurn = (run: () => Promise<Failure | undefined>): Promise<Failure | undefined> => {
    const turn = lane.then(run, run);
    lane = turn;
    return turn;
  };

  const withdrawNow = async (): Promise<Failure | undefined> => {
    shown = undefined;
    refreshing?.[Symbol.dispose]();
    if (entityTag === undefined) return undefined;
    // Watchers of some servers keep what they saw last: say that nobody is there, then take that away too.
    const failure = await send(offline, false);
    const answer = await put(0, undefined);
    entityTag = undefined;
    if (failure) return failure;
    return answer.kind === 'response' && answer.response.status < 300
      ? undefined
      : failureOfAnswer(answer, 'other');
  };

  return {
    publish: (presence) =>
      inTurn(() => {
        shown = presence;
        return send(presence, false);
      }),
    note: (text) =>
      inTurn(async () => {
        words = text;
        return shown && (await send(shown, false));
      }),
    withdraw: () => inTurn(withdrawNow),
    async succeeded() {
      isOver = true;
      refreshing?.[Symbol.dispose]();
      await inTurn(async () => {
        if (entityTag !== undefined) await put(0, undefined);
        return undefined;
      });
    },
    [Symbol.dispose]() {
      isOver = true;
      refreshing?.[Symbol.dispose]();
    },
  };
}
