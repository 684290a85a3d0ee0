import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Closes the answers of a connection that breaks. Node closes only the first of them: an answer that waits behind it (pipelining) never
 * hears of the end, so its bytes would stay counted for ever, and its work would go on.
 */
export function installPipelining(app: FastifyInstance): void {
  const waiting = new WeakMap<Socket, Set<ServerResponse>>();
  app.addHook('onRequest', ({ raw: { socket } }, { raw: answer }, done) => {
    // The first answer has its connection already.
    if (answer.socket || !(socket instanceof Socket)) return done();
    const answers = waiting.get(socket) ?? new Set();
    if (!waiting.has(socket)) socket.once('close', () => closeAll(answers));
    waiting.set(socket, answers.add(answer));
    answer.once('close', () => answers.delete(answer));
    done();
  });
}

function closeAll(answers: ReadonlySet<ServerResponse>): void {
  for (const answer of answers) {
    answer.destroy();
    answer.emit('close');
  }
}
