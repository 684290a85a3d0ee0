import { Agent, request } from 'node:http';
import { percentile } from '../statistics.js';

export interface Answer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
  readonly ms: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly key?: string | undefined;
  readonly type?: string;
  readonly body?: string | Buffer;
}

/** Keeps up to `connections` connections open, as a platform does. */
export class Caller {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections = 64,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  call({ method = 'POST', path, key, type = 'application/json', body }: Call): Promise<Answer> {
    const began = performance.now();
    return new Promise((resolve) => {
      const lost = () => resolve({ status: 0, ms: performance.now() - began, body: '', retryAfter: undefined });
      const headers = {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      };
      const sent = request(this.url + path, { method, agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', lost);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            ms: performance.now() - began,
            body: Buffer.concat(chunks).toString(),
            retryAfter: response.headers['retry-after'],
          }),
        );
      });
      sent.on('error', lost);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

export function p(share: number, answers: readonly Answer[]): number {
  return percentile(Float64Array.from(answers, ({ ms }) => ms).sort(), share);
}
