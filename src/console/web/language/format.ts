/** Numbers and times as the page's language writes them. */
import { type Language, useLanguage } from './language.ts';

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

export interface Format {
  number(value: number): string;
  /** `share` from 0 to 1. */
  percent(share: number): string;
  /** Date and time. */
  moment(at: string | number): string;
  day(at: string): string;
  /** For example "3 days ago". */
  ago(at: string | number, now?: number): string;
  /** For example "2 h 5 min". */
  duration(seconds: number): string;
}

const formats = new Map<Language, Format>();

export function useFormat(): Format {
  return formatIn(useLanguage());
}

export function formatIn(language: Language): Format {
  const known = formats.get(language) ?? newFormat(language);
  formats.set(language, known);
  return known;
}

function newFormat(language: Language): Format {
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const time = (at: string | number) => new Date(at).getTime();
  return {
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(share),
    moment: (at) => moments.format(time(at)),
    day: (at) => days.format(time(at)),
    ago(at, now = Date.now()) {
      const seconds = Math.round((time(at) - now) / 1_000);
      const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
      return relative.format(Math.trunc(seconds / size), unit);
    },
    duration(seconds) {
      const parts = steps.map(([unit, size], index) => {
        const before = steps[index - 1]?.[1];
        return [Math.floor((before ? seconds % before : seconds) / size), unit] as const;
      });
      const first = parts.findIndex(([count]) => count > 0);
      return parts
        .slice(first < 0 ? parts.length - 1 : first)
        .slice(0, 2)
        .map(([count, unit]) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(count))
        .join(' ');
    },
  };
}
