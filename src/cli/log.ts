import { destination, type Logger, pino } from 'pino';
import type { Metrics } from '../console/metrics.ts';
import type { GatewayEvent, Report } from '../gateway/events.ts';
import type { Config } from './config/config.ts';

/**
 * JSON lines on stderr; stdout belongs to what a command answers. Lines that cannot be written are left out: a log on a
 * full disk does not end the gateway.
 */
export function createLog(level: Config['log']['level']): Logger {
  const stderr = destination(2);
  stderr.on('error', () => undefined);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stderr);
}

/** Every event of the gateway is counted and logged here, in one call. */
export function createReport(log: Logger, metrics: Metrics): Report {
  return (event) => {
    metrics.count(event);
    const { kind, ...fields } = event;
    log[levelOf(event)](event.kind === 'fault' ? { where: event.where, err: event.error } : fields, kind);
  };
}

function levelOf(event: GatewayEvent): 'debug' | 'info' | 'warn' | 'error' {
  switch (event.kind) {
    case 'message-taken':
    case 'attempt':
    case 'sender-told':
    case 'presence-published':
      return 'debug';
    case 'read-back-found':
      return event.after === 'silence' ? 'warn' : 'info';
    case 'message-ended':
    case 'recovered':
    case 'forgotten':
    case 'people-changed':
      return 'info';
    case 'intake-refused':
    case 'sender-not-told':
    case 'presence-not-published':
    case 'edge-refused':
    case 'people-refused':
    case 'people-not-read':
      return 'warn';
    case 'fault':
      return 'error';
  }
}
