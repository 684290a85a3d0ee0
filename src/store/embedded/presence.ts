import { once } from 'node:events';
import { createConnection } from 'node:net';
import { encryptionRequest } from './protocol.js';

/** A holder that takes longer is blocked or stopped. */
const answerMs = 5_000;

/** A guest's word to the holder that it is there, which stands until it is taken back or the guest's process ends. */
export interface Presence {
  takeBack(): void;
}

/**
 * Asks the database at `path` for encryption, which it declines, and stays connected: a holder that waits for its guests counts this
 * one from then on, also while its pool has no connection. To be connected is not enough: the system says so of a socket that is
 * closed before anybody accepts it.
 *
 * Undefined when nobody answers there.
 */
export async function announce(path: string): Promise<Presence | undefined> {
  const socket = createConnection(path);
  const answer = Promise.race([once(socket, 'data'), once(socket, 'close').then(() => undefined)]);
  socket.on('error', () => {});
  socket.setTimeout(answerMs, () => socket.destroy());
  socket.write(encryptionRequest());
  if (!(await answer.catch(() => undefined))) return undefined;
  socket.setTimeout(0);
  socket.unref();
  return { takeBack: () => socket.destroy() };
}
