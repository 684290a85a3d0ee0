/** HTTP/1.1 by hand: headers alone, half a body, single bytes. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { Answer } from './client.js';
import { keyOf } from './seed.js';

export class RawConnection {
  private received = Buffer.alloc(0);
  private ended = false;
  /** The server closed the connection while data was on its way. */
  wasReset = false;
  private arrival: () => void = () => {};

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.arrival();
    });
    // A server may reset the connection after it has refused a body.
    socket.on('error', () => {
      this.wasReset = true;
    });
    socket.on('close', () => {
      this.ended = true;
      this.arrival();
    });
  }

  /** With `sendsOn`, the end of the answer does not end what is sent, as with blocking clients. */
  static async open(url: string, { sendsOn = false } = {}): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = createConnection({ host: hostname, port: Number(port), allowHalfOpen: sendsOn });
    await once(socket, 'connect');
    // Otherwise a body waits 40 ms for the acknowledgement of its head.
    socket.setNoDelay(true);
    return new RawConnection(socket);
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Adds `host` and the platform's key; undefined leaves one out. */
  request(method: string, path: string, headers: Readonly<Record<string, string | undefined>>): void {
    const all = Object.entries({ host: 'test', authorization: `Bearer ${keyOf('platform')}`, ...headers });
    const lines = all.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}\r\n`);
    this.send(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  async answerHead(): Promise<Omit<Answer, 'body'>> {
    const head = await this.readUntil(() => this.received.indexOf('\r\n\r\n'), 'a head');
    const [statusLine = '', ...lines] = this.received.subarray(0, head).toString('latin1').split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    this.received = this.received.subarray(head + 4);
    return { status: Number(statusLine.split(' ')[1]), headers };
  }

  /** The body must be JSON or empty. */
  async answer(): Promise<Answer> {
    const head = await this.answerHead();
    const inChunks = head.headers.get('transfer-encoding') === 'chunked';
    const body = inChunks ? await this.chunks() : await this.bytes(Number(head.headers.get('content-length') ?? 0));
    return { ...head, body: body.length === 0 ? '' : JSON.parse(body.toString()) };
  }

  async closed(): Promise<void> {
    while (!this.ended) await this.next();
  }

  /** All data has left, or the connection broke. */
  async sent(): Promise<void> {
    if (this.socket.writableLength > 0 && !this.socket.destroyed)
      await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]);
  }

  close(): void {
    this.socket.destroy();
  }

  private async bytes(length: number): Promise<Buffer> {
    await this.readUntil(() => (this.received.length >= length ? 0 : -1), `a body of ${length} bytes`);
    const bytes = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return bytes;
  }

  private async chunks(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const end = await this.readUntil(() => this.received.indexOf('\r\n'), 'a chunk');
      const length = Number.parseInt(this.received.subarray(0, end).toString(), 16);
      this.received = this.received.subarray(end + 2);
      parts.push(await this.bytes(length));
      await this.bytes(2);
      if (length === 0) return Buffer.concat(parts);
    }
  }

  private async readUntil(find: () => number, what: string): Promise<number> {
    for (;;) {
      const found = find();
      if (found >= 0) return found;
      if (this.ended) throw new Error(`the connection ended before ${what}: ${this.received.toString('latin1')}`);
      await this.next();
    }
  }

  private next(): Promise<void> {
    return new Promise((resolve) => {
      this.arrival = resolve;
    });
  }
}
