import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** A client that still sends this much after a refusal keeps its connection. */
const maxDroppedBytes = 1024 * 1024;
const lingerMs = 2_000;

/**
 * Lets a client read a refusal while it is still sending its body. Closing at once would reset the connection, and the reset
 * deletes the answer before the client reads it (RFC 9112, 9.6). Call it before the answer is sent.
 */
export function dropUnreadBody(request: IncomingMessage, response: ServerResponse, closes: boolean): void {
  const { socket } = request;
  // An injected request has no connection.
  if (!(socket instanceof Socket)) return;
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  const stop = () => {
    clearTimeout(timer);
    socket.off('close', stop);
  };
  socket.once('close', stop);
  const announced = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (announced <= maxDroppedBytes && !closes) {
    request.once('end', stop);
    response.once('finish', () => request.resume());
    return;
  }
  response.setHeader('connection', 'close');
  // Node calls it after the answer. It would destroy the socket as soon as the answer is written.
  socket.destroySoon = () => {
    socket.end();
    request.resume();
  };
}
