import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Acquired, type Holder, holder, type Lock } from './holder.js';

/** How long a holder may take to say who it is: it may be blocked for a while, starting up. */
const answerMs = 5_000;
const attempts = 5;

/**
 * Listens on an abstract unix socket named after the directory: the kernel refuses a second listener, and forgets the first when
 * its process ends, however it ends. Whoever connects is told, as one JSON line, who holds the lock.
 *
 * The name belongs to the network namespace: two containers that share the directory do not see each other.
 */
export async function acquireSocketLock(directory: string, who: Holder): Promise<Acquired> {
  const path = `\0vigie-${createHash('sha256').update(directory).digest('hex')}`;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const lock = await tryListen(path, who);
    if (lock) return { lock };
    const heldBy = await askHolder(path);
    if (heldBy) return { heldBy };
  }
  throw new Error(`${directory} is locked, but its holder does not say who it is: stop the other vigie process`);
}

async function tryListen(path: string, who: Holder): Promise<Lock | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${JSON.stringify(who)}\n`, () => socket.destroy());
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

/** Undefined when the holder went away before it answered: the lock may be free now. */
async function askHolder(path: string): Promise<Holder | undefined> {
  const socket = createConnection({ path });
  socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
  try {
    return holder.parse(JSON.parse(await text(socket)));
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
