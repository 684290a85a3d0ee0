/** A real HTTP server that plays an exchange, and commits the faults that a test asks for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/**
 * `cut`: status 200, half of the body, and a Content-Length that fits. `reset`: the connection ends inside the body. `silent`: no answer.
 * `stalled`: half of the body, and then nothing. `endless`: a body that never ends. `bomb`: 20 MB, packed.
 */
export type Fault = 'cut' | 'reset' | 'silent' | 'stalled' | 'endless' | 'bomb' | Answer;

export class ExchangeServer {
  readonly asked: Asked[] = [];
  /** Asked before each answer; `number` counts requests from 1. */
  fault: (number: number, asked: Asked) => Fault | undefined = () => undefined;
  private constructor(
    private readonly server: Server,
    private readonly answer: (asked: Asked) => Answer,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
  }

  static async start(answer: (asked: Asked) => Answer): Promise<ExchangeServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ExchangeServer(server, answer);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Forgets what was asked, and behaves well again. */
  reset(): void {
    this.asked.length = 0;
    this.fault = () => undefined;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url ?? '/', this.url);
    const asked: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(pieces).toString('utf8'),
    };
    this.asked.push(asked);
    const fault = this.fault(this.asked.length, asked);
    if (typeof fault === 'string') commit(fault, response, () => this.answer(asked));
    else send(response, fault ?? this.answer(asked));
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

function commit(fault: Exclude<Fault, Answer>, response: ServerResponse, answer: () => Answer): void {
  if (fault === 'silent') return;
  if (fault === 'endless') {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
    return;
  }
  if (fault === 'bomb') {
    const body = gzipSync(Buffer.alloc(20_000_000));
    send(response, { headers: { 'content-encoding': 'gzip' }, body });
    return;
  }
  const { headers = {}, body } = answer();
  const whole = Buffer.from(body);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  if (fault === 'cut') {
    send(response, { headers, body: half });
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': whole.length });
  response.write(half, () => {
    if (fault === 'reset') response.destroy();
  });
}
