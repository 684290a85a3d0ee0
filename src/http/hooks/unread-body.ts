import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** A client that still sends this much after a refusal keeps its connection. */
const maxDroppedBytes = 1024 * 1024;

/** What a client may still send after its answer: Vigie reads it without keeping it. Beyond that, the connection breaks. */
export const drainLimits = { maxBytes: 64 * 1024 * 1024, stallMs: 2_000, totalMs: 10_000 } as const;
const lookMs = 250;

/**
 * Lets a client read a refusal while it is still sending its body. Closing at once would reset the connection, and the reset
 * deletes the answer before the client reads it (RFC 9112, 9.6). Call it before the answer is sent.
 */
export function dropUnreadBody(request: IncomingMessage, response: ServerResponse, closes: boolean): void {
  const { socket } = request;
  // An injected request has no connection.
  if (!(socket instanceof Socket)) return;
  const announced = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (announced > maxDroppedBytes || closes) {
    response.setHeader('connection', 'close');
    limitDrain(socket);
    // Node calls it after the answer. It would destroy the socket as soon as the answer is written.
    socket.destroySoon = () => closeAfterBody(request);
    return;
  }
  request.once('end', limitDrain(socket));
  response.once('finish', () => request.resume());
}

/** Ends the connection after an answer whose headers promised to keep it. */
export function endAfter(response: ServerResponse, request: IncomingMessage): void {
  response.once('finish', () => {
    limitDrain(request.socket);
    closeAfterBody(request);
  });
}

function closeAfterBody(request: IncomingMessage): void {
  const { socket } = request;
  socket.end();
  if (request.readableEnded) closeSoon(socket);
  // A listener for `readable`, as of an iterator, would hold the stream back.
  else
    request
      .removeAllListeners('readable')
      .on('data', () => {})
      .once('end', () => closeSoon(socket));
}

/** Destroys the socket at the first limit. Returns the way to call that off. The connection counts as open until then. */
export function limitDrain(socket: Socket): () => void {
  const first = socket.bytesRead;
  let seen = first;
  let looks = 0;
  let lastProgress = 0;
  // Looks are counted instead of milliseconds, so a busy main thread cuts nobody off.
  const timer = setInterval(() => {
    looks++;
    if (socket.bytesRead > seen) lastProgress = looks;
    seen = socket.bytesRead;
    const isStalled = (looks - lastProgress) * lookMs >= drainLimits.stallMs;
    if (isStalled || looks * lookMs >= drainLimits.totalMs || seen - first > drainLimits.maxBytes) socket.destroy();
  }, lookMs).unref();
  const stop = () => {
    clearInterval(timer);
    socket.off('close', stop);
  };
  socket.once('close', stop);
  return stop;
}

function closeSoon(socket: Socket): void {
  Socket.prototype.destroySoon.call(socket);
}
