import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Lock, type LockAttempt, type LockHolder, lockHolder } from './lock-holder.js';

/** A holder may be busy while it starts. */
const answerMs = 5_000;
const attempts = 5;

/**
 * Listens on an abstract unix socket named after the directory. The kernel allows one listener and frees the name when the process
 * ends. A client gets one line of JSON that names the holder.
 *
 * Two containers that share a directory do not see each other's lock: the name belongs to the network namespace.
 */
export async function acquireSocketLock(directory: string, self: LockHolder): Promise<LockAttempt> {
  const path = `\0vigie-${createHash('sha256').update(directory).digest('hex')}`;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const lock = await tryListen(path, self);
    if (lock) return { lock };
    const heldBy = await askHolder(path);
    if (heldBy) return { heldBy };
  }
  throw new Error(`${directory} is locked by a vigie process that does not answer: stop that process and try again`);
}

async function tryListen(path: string, self: LockHolder): Promise<Lock | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${JSON.stringify(self)}\n`, () => socket.destroy());
  });
  try {
    server.listen({ path, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return { release: () => release(server) };
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function askHolder(path: string): Promise<LockHolder | undefined> {
  const socket = createConnection({ path });
  socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
  try {
    return lockHolder.parse(JSON.parse(await text(socket)));
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
