import type { FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { problemOf } from './problems.js';

/** One timer for all: a timer per body took 3 % of the time of a hash match. */
const checksPerTimeout = 10;

/** Answers 408 and closes the connection. Node's requestTimeout would also end long streams. */
export class BodyTimeout {
  /** Oldest first. */
  private readonly arriving = new Map<FastifyRequest, { reply: FastifyReply; since: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly timeoutMs: number) {
    this.timer = setInterval(() => this.check(), Math.max(1, timeoutMs / checksPerTimeout)).unref();
  }

  watch(request: FastifyRequest, reply: FastifyReply): void {
    this.arriving.set(request, { reply, since: performance.now() });
  }

  forget(request: FastifyRequest): void {
    this.arriving.delete(request);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const late = performance.now() - this.timeoutMs;
    for (const [request, { reply, since }] of this.arriving) {
      if (since > late) return;
      this.arriving.delete(request);
      this.giveUp(request, reply);
    }
  }

  private giveUp(request: FastifyRequest, reply: FastifyReply): void {
    const refusal = new VigieError(
      'body_timeout',
      `the body did not arrive within ${this.timeoutMs} ms; send it faster, or send less`,
    );
    reply.hijack();
    reply.raw.writeHead(refusal.status, { 'content-type': 'application/problem+json', connection: 'close' });
    reply.raw.end(JSON.stringify(problemOf(refusal, request.id)), () => request.raw.destroy());
  }
}
