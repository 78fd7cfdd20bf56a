/** Methods that this library knows: RFC 3261 and its extensions, and Microsoft's SERVICE and BENOTIFY. */
export const knownMethods: ReadonlySet<string> = new Set([
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'PRACK', 'UPDATE', 'INFO', 'MESSAGE', 'REFER'],
  ...['SUBSCRIBE', 'NOTIFY', 'PUBLISH', 'SERVICE', 'BENOTIFY'],
]);

/** Methods that never get a response. */
export function isUnanswered(method: string): boolean {
  return method === 'ACK' || method === 'BENOTIFY';
}
