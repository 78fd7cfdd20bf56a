import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Agent } from 'undici';
import { readText } from './answer-text.ts';
import { bodyTimeoutMs } from './exchange.ts';
import { ConnectionFailed, UnexpectedAnswer } from './failures.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';
import { createSharedConnections, NotConnected } from './shared-connections.ts';

/** HTTP to the servers of one pool, shared by all its applications. */
export interface Transport extends AsyncDisposable {
  /** @throws {ConnectionFailed | UnexpectedAnswer} or the signal's reason */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface TransportOptions {
  /** PEM of further authorities to trust. */
  readonly ca?: string;
  /** Connections for requests that are answered at once; further ones wait. Held requests have their own. */
  readonly connections?: number;
}

const connectTimeoutMs = 10_000;

/** One for all connections: made anew for each, it would take more memory than the rest of the connection. */
function trusting(ca: string | undefined): SecureContext {
  return createSecureContext(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] });
}

/**
 * Calls are made over HTTP/1.1 on few connections. A P-GET is a stream among many of one connection where the
 * pool speaks HTTP/2, since a TLS connection for each takes 70 KB; elsewhere it has a connection of its own.
 */
export function createTransport({ ca, connections = 64 }: TransportOptions = {}): Transport {
  const secureContext = trusting(ca);
  const connect = { timeout: connectTimeoutMs, secureContext };
  const calls = new Agent({ connections, connect });
  const polls = new Agent({ connect });
  const shared = createSharedConnections({ secureContext, connectTimeoutMs });

  const sendAlone = async (agent: Agent, request: HttpRequest): Promise<HttpAnswer> => {
    const { method, url, headers, body, signal, timeoutMs } = request;
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers,
      body: body ?? null,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: bodyTimeoutMs,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await readText(answer.body, url) };
  };
  return {
    async send(request) {
      const { signal, url } = request;
      signal.throwIfAborted();
      try {
        if (!request.held) return await sendAlone(calls, request);
        const answer = url.protocol === 'https:' ? await shared.send(request) : 'http1';
        return answer === 'http1' ? await sendAlone(polls, request) : answer;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof UnexpectedAnswer) throw error;
        throw connectionFailure(error, url.host);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([calls.destroy(), polls.destroy(), shared[Symbol.asyncDispose]()]);
    },
  };
}

const neverConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

function connectionFailure(error: unknown, host: string): ConnectionFailed {
  if (error instanceof NotConnected) return new ConnectionFailed(codeOf(error.cause), 'no', host);
  const code = codeOf(error);
  return new ConnectionFailed(code, neverConnected.test(code) ? 'no' : 'maybe', host);
}

/** Several addresses of one host fail together as an AggregateError, whose own code may be missing. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error.name;
}
