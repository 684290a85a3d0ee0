import { once } from 'node:events';
import { createConnection } from 'node:net';
import { encryptionRequest } from './protocol.js';

const answerMs = 5_000;

export interface GuestRegistration {
  end(): void;
}

/**
 * Keeps a connection to the owner open, so that the owner counts this guest. Undefined when nobody answers.
 *
 * The owner has answered when it refuses encryption. A socket also connects if it is closed before anybody accepts it.
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
