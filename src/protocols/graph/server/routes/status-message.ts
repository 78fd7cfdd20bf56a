import { Type } from 'typebox';
import { badRequest } from '../../errors.ts';
import type { NewStatusMessage } from '../backend.ts';
import { bodyReader } from '../route.ts';
import { instantIn } from '../time-zones.ts';

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
          at: readExpiry(expiryDateTime.dateTime, timeZone),
        }
      : undefined,
  };
}

function readExpiry(dateTime: string, timeZone: string): number {
  const at = instantIn(dateTime, timeZone);
  switch (at) {
    case 'dateTime':
      throw badRequest("'statusMessage.expiryDateTime.dateTime' must be a date and time without offset");
    case 'timeZone':
      throw badRequest("'statusMessage.expiryDateTime.timeZone' must be UTC or a zone of Windows or IANA");
    default:
      return at;
  }
}
