import { type Actor, setup } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller, parseKey, type Role } from '../../domain/key.js';
import type { KeyStore } from '../../store/keys.js';
import { KeyCache } from './key-cache.js';

/**
 * Who acts by a command. Until two people hold operator keys (a lone one could confirm nothing) the machine is being set up: whoever has its
 * data directory may act without a key, or with one that would not do later. From then on, and for ever, nobody is anonymous.
 *
 * @throws VigieError `unauthorized`, `forbidden` for another role than `needed`.
 */
export async function cliIdentity(keys: KeyStore, keyText: string | undefined, needed: readonly Role[]): Promise<Actor> {
  const caller = keyText === undefined ? undefined : await callerOf(keys, keyText);
  if (caller && needed.includes(caller.role)) return actorOf(caller);
  if (!(await keys.isSetUp())) return setup;
  const roles = needed.join(' or ');
  if (!caller) throw new VigieError('unauthorized', `this needs the key of an ${roles}: give --key or VIGIE_KEY`);
  throw new VigieError('forbidden', `a key of role ${caller.role} may not; this needs ${roles}: give --key or VIGIE_KEY`);
}

async function callerOf(keys: KeyStore, keyText: string): Promise<Caller> {
  const id = parseKey(keyText)?.id;
  const keyCache = new KeyCache();
  if (id) keyCache.put(await keys.records([id]));
  return keyCache.authenticate(keyText, Date.now());
}
