import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type ErrorCode, VigieError } from '../../domain/errors.js';
import { problemOf, problemType } from './error-shapes.js';
import { dropUnreadBody, limitDrain } from './unread-body.js';

export interface ProtocolParts {
  newId(): string;
  noteRefusal(code: ErrorCode): void;
}

/** Refuses requests that HTTP allows and Vigie cannot read: without Host, or with a body that is encoded on its way. */
export function installProtocol(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers, raw }, _reply, done) => {
    if (headers.host === undefined && raw.httpVersion === '1.1')
      throw new VigieError('bad_request', 'the header Host is missing; HTTP/1.1 needs it');
    const coding = headers['transfer-encoding'];
    if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked')
      throw new VigieError('not_implemented', `Transfer-Encoding ${coding} is not supported; send chunked, or a Content-Length`);
    done();
  });
}

/** Answers as problems where Node would answer on its own. `clientError` is separate, because Fastify listens to it itself. */
export function answerUnparsed(server: Server, parts: ProtocolParts): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const detail = `Expect: ${request.headers.expect} is not supported; send 100-continue, or no Expect`;
    writeProblem(request, response, new VigieError('expectation_failed', detail), parts);
  });
  server.on('connect', (_request, socket: Socket) => {
    refuseRaw(socket, new VigieError('not_implemented', 'CONNECT is not supported: Vigie is not a proxy'), parts);
    socket.resume();
  });
}

/** For an answer past Fastify. */
export function writeProblem(
  request: IncomingMessage,
  response: ServerResponse,
  error: VigieError,
  { newId, noteRefusal }: ProtocolParts,
): void {
  noteRefusal(error.code);
  const id = newId();
  const hasBody = (request.headers['content-length'] ?? request.headers['transfer-encoding']) !== undefined;
  if (hasBody && !request.complete) dropUnreadBody(request, response, true);
  const body = JSON.stringify(problemOf(error, id));
  response.writeHead(error.status, {
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    'x-request-id': id,
  });
  response.end(body);
}

const refused = new WeakSet<Socket>();

/** For bytes that are not HTTP, or whose headers are too long or too late. */
export function answerClientError(error: Error & { code?: string; reason?: string }, socket: Socket, parts: ProtocolParts): void {
  // Node calls this again for each packet that follows.
  if (refused.has(socket)) return;
  // As in Node's own listener: a second head would look like a part of the answer that has begun.
  const pending = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
  if (error.code === 'ECONNRESET' || !socket.writable || pending?.headersSent) {
    socket.destroy();
    return;
  }
  refuseRaw(socket, refusalOf(error), parts);
}

function refusalOf({ code, reason }: { code?: string; reason?: string }): VigieError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new VigieError('headers_too_large', 'the URL and the headers have more than 16384 bytes together, the limit');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new VigieError('body_too_large', 'the chunk extensions are too long');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new VigieError('body_timeout', 'the headers did not arrive in time');
  return new VigieError('bad_request', `the request is not valid HTTP/1.1${reason ? `: ${reason}` : ''}`);
}

/** Closes the connection once the client has stopped sending. */
function refuseRaw(socket: Socket, error: VigieError, { newId, noteRefusal }: ProtocolParts): void {
  refused.add(socket);
  noteRefusal(error.code);
  const id = newId();
  const body = JSON.stringify(problemOf(error, id));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
  ];
  limitDrain(socket);
  socket.on('error', () => {}).end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
