const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const pattern = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

const two = (value: number): string => String(value).padStart(2, '0');

/** The Date header in Unix ms. Only GMT is allowed (RFC 3261 section 20.17). */
export function parseDate(value: string): number | undefined {
  const match = pattern.exec(value);
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second] = match;
  const index = months.indexOf(month ?? '');
  if (index < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const date = new Date(
    Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second)),
  );
  return date.getUTCMonth() === index || Number(second) === 60 ? date.getTime() : undefined;
}

export function formatDate(unixMs: number): string {
  const at = new Date(unixMs);
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const year = String(at.getUTCFullYear()).padStart(4, '0');
  return `${days[at.getUTCDay()]}, ${two(at.getUTCDate())} ${months[at.getUTCMonth()]} ${year} ${clock} GMT`;
}
