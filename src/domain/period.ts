/** `PT24H`, `P6M`, `P1Y` */
export type Period = `P${string}`;

const form = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const secondMs = 1_000;
const dayMs = 86_400_000;

/**
 * Adds a period to `start` (ms since the epoch) by the calendar in UTC. Where a month is too short, the period ends on its last day
 * (Regulation 1182/71, article 3(2)(c)): 31 January plus a month is 28 or 29 February.
 *
 * @throws RangeError for a malformed period.
 */
export function addPeriod(start: number, period: Period): number {
  const parts = form.exec(period);
  if (!parts) throw new RangeError(`"${period}" is not an ISO 8601 duration such as PT24H or P6M`);
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const within = (weeks * 7 + days) * dayMs + ((hours * 60 + minutes) * 60 + seconds) * secondMs;
  return addMonths(start, years * 12 + months) + within;
}

function addMonths(start: number, months: number): number {
  if (months === 0) return start;
  const date = new Date(start);
  const day = date.getUTCDate();
  // Every month has a day 1, so setUTCMonth cannot overflow.
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, daysInMonth(date)));
  return date.getTime();
}

/** Day 0 of the next month is the last day of this one. */
function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
