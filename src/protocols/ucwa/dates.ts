/** ASP.NET AJAX form, as the JSON of UCWA carries dates: `/Date(1383784870271)/`. */
export function formatDate(unixMs: number): string {
  return `/Date(${Math.trunc(unixMs)})/`;
}

const ajax = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/;

/** Unix ms of an AJAX date or (clients send both) an ISO 8601 one; undefined for anything else. */
export function parseDate(text: string): number | undefined {
  const ticks = ajax.exec(text)?.[1];
  if (ticks !== undefined) return Number(ticks);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const dotNet = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?$/;

/**
 * Milliseconds of a time span. The documentation shows no wire form, so three are read: ISO 8601 (`PT5M`),
 * .NET (`00:05:00`, `1.00:00:00`) and a bare number of minutes. Undefined for anything else.
 */
export function parseTimeSpan(value: string | number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * 60_000 : undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 60_000;
  const parts = iso.exec(text);
  if (parts && /\d/.test(text)) return spanOf(parts[1], parts[2], parts[3], parts[4]);
  const clock = dotNet.exec(text);
  return clock ? spanOf(clock[1], clock[2], clock[3], clock[4]) : undefined;
}

function spanOf(days = '0', hours = '0', minutes = '0', seconds = '0'): number {
  return (
    ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1000)
  );
}
