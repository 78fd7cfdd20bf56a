/** Message dates: milliseconds, trailing zeros dropped (`…43.15Z`, `…43Z`). */
export function messageDate(at: number): string {
  const iso = new Date(at).toISOString();
  return at % 1000 === 0 ? `${iso.slice(0, 19)}Z` : iso.replace(/0{1,2}Z$/, 'Z');
}

/** Subscription dates: seven digits of a second's fraction. */
export function subscriptionDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23)}0000Z`;
}

const instant = /^\d{4,}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Unix ms of an ISO 8601 date with an offset; undefined for anything else. */
export function parseInstant(text: string): number | undefined {
  if (!instant.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

const duration = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration in days, hours, minutes and seconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = duration.exec(text);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
