import { isMoment } from '../domain/moment.js';

const dotNet = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/;
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/;
const iso = /^\d{4}-\d{2}-\d{2}/;

/** The day, such as 2026-11-23, of a time as ISO 8601, `/Date(ms)/` or month/day/year. Null: it is none of these. */
export function dayOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const [, ms] = dotNet.exec(text) ?? [];
  if (ms !== undefined) return dayOfMs(Number(ms));
  const [, month = '', day = '', year = ''] = american.exec(text) ?? [];
  if (year !== '') return realDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return iso.test(text) ? realDay(text.slice(0, 10)) : null;
}

export function dayOfMs(ms: number): string | null {
  return isMoment(ms) ? new Date(ms).toISOString().slice(0, 10) : null;
}

/** Null for the 30th of February. */
function realDay(day: string): string | null {
  return dayOfMs(Date.parse(`${day}T00:00:00Z`)) === day ? day : null;
}
