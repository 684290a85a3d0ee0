/** Periods of law: ISO 8601 durations, added to a moment by the calendar, in UTC. */

/** `PT24H`, `P6M`, `P1Y` ... */
export type Period = `P${string}`;

const form = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const secondMs = 1_000;
const dayMs = 86_400_000;

/**
 * The moment a period after `start`, both in ms since the epoch.
 *
 * Years and months keep the day of the month, and end on the last one where the month is shorter: 31 January and a month are 28 or 29
 * February, as periods end in the Union (Regulation 1182/71, article 3(2)(c)). Hours run through nights and holidays.
 *
 * @throws RangeError for what is no period.
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
  // From the first of the month, which every month has.
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, daysOf(date)));
  return date.getTime();
}

/** Days of a moment's month: day 0 of the next one is the last of this. */
function daysOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
