import { type ClientHttp2Session, constants } from 'node:http2';
import { readText } from './answer-text.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';

/** Time for a body, from its headers on and between its parts. */
export const bodyTimeoutMs = 30_000;

const { NGHTTP2_CANCEL, NGHTTP2_HTTP_1_1_REQUIRED } = constants;

/**
 * One request on a shared connection. `http1`: the server does not answer this one over HTTP/2 and has done
 * nothing for it, as IIS does where it wants Windows authentication.
 * @throws what the stream failed with, or the signal's reason
 */
export function exchange(
  session: ClientHttp2Session,
  { method, url, headers, body, signal, timeoutMs }: HttpRequest,
): Promise<HttpAnswer | 'http1'> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      { ...headers, ':method': method, ':path': url.pathname + url.search },
      { endStream: body === undefined },
    );
    let answered = false;
    const giveUp = (reason: unknown): void => {
      reject(reason);
      stream.close(NGHTTP2_CANCEL);
    };
    const aborted = (): void => giveUp(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    stream.setTimeout(timeoutMs);
    stream.once('timeout', () => giveUp(timedOut(answered)));
    stream.once('response', (received) => {
      answered = true;
      stream.setTimeout(bodyTimeoutMs);
      const { ':status': status = 0, ...fields } = received;
      readText(stream, url).then((text) => resolve({ status, headers: fields, text }), reject);
    });
    stream.on('error', (error) => {
      if (stream.rstCode === NGHTTP2_HTTP_1_1_REQUIRED) resolve('http1');
      else reject(error);
    });
    stream.once('close', () => {
      signal.removeEventListener('abort', aborted);
      if (!answered) reject(coded('ERR_HTTP2_STREAM_CLOSED', 'closed before an answer'));
    });
    if (body !== undefined) stream.end(body);
  });
}

function timedOut(answered: boolean): Error {
  return coded(
    answered ? 'BODY_TIMEOUT' : 'HEADERS_TIMEOUT',
    answered ? 'the body took too long' : 'no answer in time',
  );
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
