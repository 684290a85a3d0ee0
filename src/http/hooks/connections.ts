import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { Shares } from '../../domain/shares.js';

const share = 1 / 2;
/** A connection over the limit has this long for one request, which is refused. */
const lastRequestMs = 1_000;

/**
 * An address may hold half of the connections that others leave. A connection beyond that is told so: its first request answers
 * 503, and it closes.
 */
export function limitConnections(app: FastifyInstance, maxConnections: number): void {
  const shares = new Shares(maxConnections, share);
  const refused = new Set<Socket>();
  // Only when very many refused connections are open at once. Node closes those without an answer.
  app.server.maxConnections = maxConnections * 2;
  app.server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (shares.take(address, 1)) {
      socket.once('close', () => shares.give(address, 1));
      return;
    }
    refused.add(socket);
    const timer = setTimeout(() => socket.destroy(), lastRequestMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      refused.delete(socket);
    });
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (refused.size === 0 || !refused.has(request.raw.socket)) return done();
    reply.header('connection', 'close');
    const limit = shares.limitOf(request.ip);
    throw new VigieError(
      'overloaded',
      `this address has ${limit} open connections, the limit at this moment; use them again, or close some, and retry`,
      1,
    );
  });
}
