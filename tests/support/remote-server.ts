/** A server that images are fetched from. It writes its answers byte by byte, so that it can lie. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** The first byte of a client that wants TLS. */
const tlsHandshake = 0x16;

export type Answer = (socket: Socket, head: string) => void;

export class RemoteServer {
  /** Heads of the requests so far. */
  readonly heads: string[] = [];
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly host: string,
    readonly port: number,
    private readonly stopListening: () => void,
  ) {}

  /** @param answers by path */
  static async start(answers: Readonly<Record<string, Answer>>, host = '127.0.0.1'): Promise<RemoteServer> {
    const server = createServer((socket) => remote.accept(socket, answers));
    await once(server.listen(0, host), 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const remote = new RemoteServer(host, port, () => server.close());
    return remote;
  }

  url(path: string, host = this.host): string {
    return `http://${host}:${this.port}${path}`;
  }

  async stop(): Promise<void> {
    this.stopListening();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket, answers: Readonly<Record<string, Answer>>): void {
    this.connections++;
    this.sockets.add(socket);
    let received = '';
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      if (received === '' && chunk[0] === tlsHandshake) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = received.slice(0, end);
      received = received.slice(end + 4);
      this.heads.push(head);
      const path = head.split(' ')[1]?.split('?')[0] ?? '';
      const answer = answers[path] ?? ((one: Socket) => one.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
      answer(socket, head);
    });
  }
}

/** Sends the head, then each part of the body. */
export function send(socket: Socket, headers: readonly string[], ...parts: readonly (string | Uint8Array)[]): void {
  socket.write(`${['HTTP/1.1 200 OK', ...headers].join('\r\n')}\r\n\r\n`);
  for (const part of parts) socket.write(part);
}

export function image(bytes: Uint8Array): Answer {
  return (socket) => send(socket, ['content-type: image/jpeg', `content-length: ${bytes.length}`], bytes);
}

export function redirect(location: string | (() => string), status = 302): Answer {
  return (socket) => {
    const to = typeof location === 'string' ? location : location();
    socket.write(`HTTP/1.1 ${status} Moved\r\nlocation: ${to}\r\ncontent-length: 0\r\n\r\n`);
  };
}

/** Writes as fast as it is read, for ever. */
export function endless(headers: readonly string[], chunk: Uint8Array): Answer {
  return (socket) => {
    send(socket, headers);
    flood(socket, chunk);
  };
}

export function flood(socket: Socket, chunk: Uint8Array): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}
