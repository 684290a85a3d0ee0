import { type ExchangeAccess, ExchangeError } from './exchange.js';

/** @throws ExchangeError `refused`, which names the credential and not its value */
export function credential({ credentials }: ExchangeAccess, name: string): string {
  const value = credentials[name];
  if (value === undefined || value === '') throw new ExchangeError('refused', `the credential "${name}" is missing`);
  // Header values; `fetch` would repeat a bad one in its error.
  if (/[^\x21-\x7e]/.test(value))
    throw new ExchangeError('refused', `the credential "${name}" has a space or a letter beyond ASCII`);
  return value;
}

export function basicAuthorization(access: ExchangeAccess): string {
  const pair = `${credential(access, 'username')}:${credential(access, 'password')}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
