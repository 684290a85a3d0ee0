import type { z } from 'zod';
import { shown } from './address.js';
import { ExchangeError } from './exchange.js';

/** @throws ExchangeError `malformed`, which names the members that are missing or wrong, and never their values */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, url: URL): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.filter((part) => typeof part === 'string').join('.') || 'the answer');
  const names = [...new Set(fields)].slice(0, 5).join(', ');
  throw new ExchangeError('malformed', `${shown(url)}: ${names}: missing or not as documented`);
}

/** @throws ExchangeError `malformed`. `JSON.parse` would repeat the text in its message. */
export function jsonOf(bytes: Buffer, url: URL): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ExchangeError('malformed', `${shown(url)}: the answer is not JSON, or was cut`);
  }
}
