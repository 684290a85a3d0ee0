import type { FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { shapeOf } from './error-shapes.js';
import { dropUnreadBody } from './unread-body.js';

export interface BodyTimes {
  /** For the whole body. */
  readonly timeoutMs: number;
  /** Within this time `minBytes` must arrive, or the rest of the body. */
  readonly stallMs: number;
}

const minBytes = 4_096;
const looksPerStall = 4;

interface Arriving {
  readonly reply: FastifyReply;
  readonly since: number;
  /** Bytes of the connection when progress was last seen; undefined before the first look. */
  bytes: number | undefined;
  looksWithoutProgress: number;
}

/**
 * Answers 408 to a body that is late or stands still, and closes its connection. Node's requestTimeout would also end long streams.
 *
 * One timer for all, because a timer per body took 3 % of the time of a hash match. It also finds the bodies that ended early: a
 * listener for each took another. Looks are counted instead of milliseconds, so a busy main thread refuses nobody.
 */
export class BodyProgress {
  /** Oldest first. */
  private readonly arriving = new Map<FastifyRequest, Arriving>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly times: BodyTimes) {
    const shorter = Math.min(times.stallMs / looksPerStall, times.timeoutMs / 10);
    this.timer = setInterval(() => this.look(), Math.max(1, shorter)).unref();
  }

  watch(request: FastifyRequest, reply: FastifyReply): void {
    this.arriving.set(request, { reply, since: performance.now(), bytes: undefined, looksWithoutProgress: 0 });
  }

  forget(request: FastifyRequest): void {
    this.arriving.delete(request);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const { timeoutMs, stallMs } = this.times;
    const now = performance.now();
    for (const [request, body] of this.arriving) {
      if (hasEnded(request, body)) this.forget(request);
      else if (now - body.since > timeoutMs)
        this.giveUp(request, body, `the body did not arrive within ${timeoutMs} ms; send it faster, or send less`);
      else if (this.standsStill(request, body, now))
        this.giveUp(request, body, `fewer than ${minBytes} bytes of the body arrived within ${stallMs} ms; send it faster`);
    }
  }

  private standsStill({ raw }: FastifyRequest, body: Arriving, now: number): boolean {
    const { bytesRead } = raw.socket;
    // Nobody reads yet, because the request waits for an index version or for room. The client is not to blame.
    const isUnread = raw.readableFlowing === null;
    if (isUnread || body.bytes === undefined || bytesRead - body.bytes >= minBytes) {
      body.bytes = bytesRead;
      body.looksWithoutProgress = 0;
      return false;
    }
    body.looksWithoutProgress++;
    return body.looksWithoutProgress >= looksPerStall && now - body.since >= this.times.stallMs;
  }

  private giveUp(request: FastifyRequest, { reply }: Arriving, detail: string): void {
    this.arriving.delete(request);
    endBody(request, reply, new VigieError('body_timeout', detail, 1));
  }
}

/** Its client left, or it was refused before its end. */
function hasEnded({ raw }: FastifyRequest, { reply }: Arriving): boolean {
  return raw.destroyed || reply.sent || reply.raw.headersSent;
}

/** Answers while the body is still arriving, past Fastify, which waits for its end. */
export function endBody(request: FastifyRequest, reply: FastifyReply, refusal: VigieError): void {
  if (reply.sent) return;
  request.refusedFor = refusal.code;
  reply.hijack();
  request.raw.removeAllListeners('data').resume();
  dropUnreadBody(request.raw, reply.raw, true);
  const { type, bodyOf } = shapeOf(request);
  reply.raw.writeHead(refusal.status, { 'content-type': type, 'retry-after': String(refusal.retryAfterSeconds ?? 1) });
  reply.raw.end(JSON.stringify(bodyOf(refusal, request.id)));
}
