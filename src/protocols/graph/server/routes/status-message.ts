import { Type } from 'typebox';
import { badRequest } from '../../errors.ts';
import type { NewStatusMessage } from '../backend.ts';
import { bodyReader } from '../route.ts';

/** Longest status message, in characters. */
const maxLength = 280;

const readBody = bodyReader(
  Type.Object({
    statusMessage: Type.Union([
      Type.Null(),
      Type.Object({
        message: Type.Object({
          content: Type.String({ maxLength }),
          contentType: Type.Optional(Type.Literal('text')),
        }),
        expiryDateTime: Type.Optional(
          Type.Union([
            Type.Null(),
            Type.Object({ dateTime: Type.String(), timeZone: Type.Optional(Type.String()) }),
          ]),
        ),
      }),
    ]),
  }),
);

/** Undefined: an empty text, which takes the message away. */
export function readStatusMessage(body: unknown): NewStatusMessage | undefined {
  const { statusMessage } = readBody(body);
  if (statusMessage === null || statusMessage.message.content === '') return undefined;
  const { message, expiryDateTime } = statusMessage;
  const timeZone = expiryDateTime?.timeZone ?? 'UTC';
  return {
    message: { contentType: 'text', content: message.content },
    expiry: expiryDateTime
      ? {
          given: { dateTime: expiryDateTime.dateTime, timeZone },
          at: instantIn(expiryDateTime.dateTime, timeZone),
        }
      : undefined,
  };
}

const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d{1,3})?\d*$/;

/** Unix ms of a wall-clock time in a zone of the IANA data base, or UTC. */
function instantIn(dateTime: string, timeZone: string): number {
  const asUtc = local.test(dateTime) ? Date.parse(`${dateTime.replace(/(\.\d{3})\d*$/, '$1')}Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) {
    throw badRequest("'statusMessage.expiryDateTime.dateTime' must be a date and time without offset");
  }
  const first = asUtc - offsetAt(asUtc, timeZone);
  return asUtc - offsetAt(first, timeZone);
}

function offsetAt(at: number, timeZone: string): number {
  if (/^(?:utc|tzone:\/\/Microsoft\/Utc)$/i.test(timeZone)) return 0;
  const parts = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const wall = Date.UTC(
    parts['year'] ?? 0,
    (parts['month'] ?? 1) - 1,
    parts['day'] ?? 1,
    parts['hour'] ?? 0,
    parts['minute'] ?? 0,
    parts['second'] ?? 0,
  );
  return wall - Math.floor(at / 1000) * 1000;
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw badRequest("'statusMessage.expiryDateTime.timeZone' must be UTC or a zone like Europe/Berlin");
  }
}
