import { z } from 'zod';

/** PostgreSQL takes no year above 9999 in this form, and no offset above 15:59. */
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');
const firstMoment = Date.parse('0001-01-01T00:00:00Z');

/** A time with its zone, as a Date. */
export function momentSchema(error: string) {
  return z.iso
    .datetime({ offset: true, error })
    .refine((text) => isMoment(Date.parse(text)), { error: 'must be between the years 1 and 9999 in UTC' })
    .transform((text) => new Date(text));
}

/** False also for NaN. */
export function isMoment(ms: number): boolean {
  return ms >= firstMoment && ms <= lastMoment;
}
