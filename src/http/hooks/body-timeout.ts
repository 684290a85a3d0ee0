import type { FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { problemOf } from './problems.js';

/** Looks at all bodies so many times within their time limit: one timer for all of them, where one each took 3 % of a hash match. */
const looks = 10;

/**
 * Gives up on bodies that trickle: answers 408 within a tenth past the time limit and closes. Node's own requestTimeout would also end
 * long streams, and answers no problem.
 */
export class BodyTimeout {
  /** When each body that is still coming began, in ms of `performance.now()`; the oldest first. */
  private readonly coming = new Map<FastifyRequest, { reply: FastifyReply; since: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly timeoutMs: number) {
    this.timer = setInterval(() => this.look(), Math.max(1, timeoutMs / looks)).unref();
  }

  watch(request: FastifyRequest, reply: FastifyReply): void {
    this.coming.set(request, { reply, since: performance.now() });
  }

  /** The body is there, or nobody waits for it any more. */
  forget(request: FastifyRequest): void {
    this.coming.delete(request);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const late = performance.now() - this.timeoutMs;
    for (const [request, { reply, since }] of this.coming) {
      if (since > late) return;
      this.coming.delete(request);
      this.giveUp(request, reply);
    }
  }

  private giveUp(request: FastifyRequest, reply: FastifyReply): void {
    const refusal = new VigieError('body_timeout', `the body did not arrive within ${this.timeoutMs} ms`);
    reply.hijack();
    reply.raw.writeHead(refusal.status, { 'content-type': 'application/problem+json', connection: 'close' });
    reply.raw.end(JSON.stringify(problemOf(refusal, request.id)), () => request.raw.destroy());
  }
}
