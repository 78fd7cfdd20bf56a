import { randomUUID } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '../../clock.ts';
import { GraphError } from '../../errors.ts';

/** POSTs JSON. Rejects unless the answer is 2xx. */
export async function postJson(
  dispatcher: Dispatcher,
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const { statusCode, body: answer } = await request(url, {
    method: 'POST',
    dispatcher,
    signal,
    headers: { 'content-type': 'application/json; charset=utf-8', 'client-request-id': randomUUID() },
    body,
  });
  await answer.dump();
  if (statusCode < 200 || statusCode > 299) throw new Error(`the subscriber answered ${statusCode}`);
}

const handshakeMs = 10_000;
const maxAnswerBytes = 4096;

/**
 * Asks an address whether it wants notifications: it must give back the token as plain text within ten seconds.
 * @throws {GraphError} 400 naming `field` when it does not
 */
export async function validateEndpoint(
  dispatcher: Dispatcher,
  clock: Clock,
  field: 'notificationUrl' | 'lifecycleNotificationUrl',
  address: string,
): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
  const late = new AbortController();
  using _timer = clock.setTimer(handshakeMs, () => late.abort());
  try {
    const { statusCode, headers, body } = await request(withToken(address, token), {
      method: 'POST',
      dispatcher,
      signal: late.signal,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '',
    });
    const answer = await readAnswer(body);
    if (statusCode !== 200) throw new HandshakeError(`it answered ${statusCode} instead of 200`);
    if (!/^text\/plain\b/i.test(String(headers['content-type'] ?? ''))) {
      throw new HandshakeError('it did not answer with content type text/plain');
    }
    if (answer !== token) throw new HandshakeError('it did not give back the validation token');
  } catch (error) {
    const reason = late.signal.aborted
      ? 'it did not answer within 10 seconds'
      : error instanceof HandshakeError
        ? error.message
        : 'it cannot be reached';
    throw new GraphError(
      400,
      'ValidationError',
      `Subscription validation request failed for '${field}': ${reason}.`,
    );
  }
}

class HandshakeError extends Error {
  override name = 'HandshakeError';
}

async function readAnswer(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxAnswerBytes) throw new HandshakeError('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The subscriber's own query string stays in front. */
export function withToken(address: string, token: string): string {
  const url = new URL(address);
  url.search += `${url.search === '' ? '?' : '&'}validationToken=${encodeURIComponent(token)}`;
  return url.href;
}
