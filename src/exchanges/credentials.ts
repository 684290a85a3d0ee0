import { type ExchangeAccess, ExchangeError } from './exchange.js';

/** @throws ExchangeError `refused`, which names the credential and not its value */
export function credential(access: ExchangeAccess, name: string): string {
  const value = given(access, name);
  // `fetch` would repeat a bad header in its error.
  if (/[^\x21-\x7e]/.test(value))
    throw new ExchangeError('refused', `the credential "${name}" has a space or a letter beyond ASCII`);
  return value;
}

export function basicAuthorization(access: ExchangeAccess): string {
  return `Basic ${Buffer.from(`${given(access, 'username')}:${given(access, 'password')}`).toString('base64')}`;
}

function given({ credentials }: ExchangeAccess, name: string): string {
  const value = credentials[name] ?? '';
  if (value === '') throw new ExchangeError('refused', `the credential "${name}" is missing`);
  return value;
}
