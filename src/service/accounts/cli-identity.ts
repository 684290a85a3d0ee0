import { type Actor, setup } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller, parseKey, type Role } from '../../domain/key.js';
import type { KeyStore } from '../../store/keys.js';
import { KeyCache } from './key-cache.js';

/**
 * Until two people hold operator keys, commands need no key: one operator alone could not confirm anything.
 *
 * @throws VigieError `unauthorized`, `forbidden`.
 */
export async function cliIdentity(keys: KeyStore, keyText: string | undefined, needed: readonly Role[]): Promise<Actor> {
  const caller = keyText === undefined ? undefined : await callerOf(keys, keyText);
  if (caller && needed.includes(caller.role)) return actorOf(caller);
  if (!(await keys.isSetUp())) return setup;
  const roles = needed.join(' or ');
  if (!caller) throw new VigieError('unauthorized', `this command needs an API key with role ${roles}: use --key or VIGIE_KEY`);
  throw new VigieError(
    'forbidden',
    `this command needs an API key with role ${roles}, got role ${caller.role}: use --key or VIGIE_KEY`,
  );
}

async function callerOf(keys: KeyStore, keyText: string): Promise<Caller> {
  const id = parseKey(keyText)?.id;
  const keyCache = new KeyCache();
  if (id) keyCache.put(await keys.records([id]));
  return keyCache.authenticate(keyText, Date.now());
}
