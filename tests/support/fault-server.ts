/** HTTP servers that answer wrongly, for the tests of the client. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FaultServer {
  readonly url: string;
  readonly requests: readonly Received[];
}

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly body: Buffer;
}

/** What a Vigie answers when no list has the image. */
export const noMatch = {
  requestId: 'req_1',
  verdict: 'no_known_match',
  reason: null,
  matches: [],
  removal: null,
  hashes: {},
  frames: null,
  index: { version: '1', ageMs: 1 },
  policy: { version: '1' },
};

type Reply = (response: ServerResponse, received: Received) => void;

/** Answers each request, once its body is there, with the next of `replies`; the last one stays. */
export async function faultServer(...replies: Reply[]): Promise<FaultServer> {
  const requests: Received[] = [];
  const { url } = await listening((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = { headers: request.headers, url: request.url ?? '', body: Buffer.concat(chunks) };
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push(received);
      reply?.(response, received);
    });
  });
  return { url, requests };
}

/** Ends with the test. */
export async function listening(listener: RequestListener): Promise<{ readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Speaks TCP: `act` gets each connection when its first bytes have arrived. */
export async function rawServer(act: (socket: Socket, number: number) => void): Promise<{ readonly url: string }> {
  const sockets = new Set<Socket>();
  let number = 0;
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => act(socket, number++));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** An address where nothing listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function problem(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return json(status, { type: 'about:blank', title: code, status, code, detail: `about ${code}`, requestId: 'req_9' }, headers);
}

export const reset: Reply = (response) => response.socket?.resetAndDestroy();
