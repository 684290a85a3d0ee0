import { once } from 'node:events';
import { createConnection } from 'node:net';
import { encryptionRequest } from './protocol.js';

const answerMs = 5_000;

/** Tells the owner that a guest uses its database. The registration also ends with the guest's process. */
export interface GuestRegistration {
  end(): void;
}

/**
 * Registers with the owner that listens at `path`, by a connection that stays open. The owner counts this guest even while the
 * guest's pool has no connection.
 *
 * The guest asks for encryption and waits for the owner's refusal. An established connection alone proves nothing: the system also
 * reports one for a socket that is closed before anybody accepts it.
 *
 * Undefined when nobody answers.
 */
export async function registerGuest(path: string): Promise<GuestRegistration | undefined> {
  const socket = createConnection(path);
  const answer = Promise.race([once(socket, 'data'), once(socket, 'close').then(() => undefined)]);
  socket.on('error', () => {});
  socket.setTimeout(answerMs, () => socket.destroy());
  socket.write(encryptionRequest());
  if (!(await answer.catch(() => undefined))) return undefined;
  socket.setTimeout(0);
  socket.unref();
  return { end: () => socket.destroy() };
}
