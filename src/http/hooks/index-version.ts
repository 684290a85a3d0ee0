import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { ChangeFeedFollower } from '../../service/sync/change-feed-follower.js';

export type IndexVersions = Pick<ChangeFeedFollower, 'versionOfWrites' | 'reach'>;

const asked = 'if-index-version';
const told = 'vigie-index-version';
/** Ten polls of the change feed. */
const waitMs = 2_000;
/** A snapshot names every running transaction, and a node has ten connections. */
const maxLength = 4_096;

/**
 * An answer to a write carries a version of the index. A match that sends it back waits until its node has that version, so that
 * nobody gets a stale `no_known_match` from another node.
 */
export function installIndexVersion(app: FastifyInstance, versions: IndexVersions): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.counts) route.onRequest = [route.onRequest ?? [], waitFor(versions)].flat();
    else if (writes(route)) route.onSend = [route.onSend ?? [], tell(versions)].flat();
  });
}

/** Routes of people who change lists, entries or keys. */
function writes({ method, config }: RouteOptions): boolean {
  return ['POST', 'PATCH', 'PUT', 'DELETE'].includes(String(method)) && config?.repeatable !== true;
}

function waitFor(versions: IndexVersions) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const version = request.headers[asked];
    if (version === undefined) {
      done();
      return;
    }
    const text = String(version);
    if (text.length > maxLength) throw new VigieError('bad_request', `If-Index-Version: at most ${maxLength} characters`);
    versions.reach(text, waitMs).then(() => done(), done);
  };
}

function tell(versions: IndexVersions) {
  return async (_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    // A receipt must not tell whether anything was written, and the numbers of transactions would.
    if (reply.statusCode > 299 || reply.statusCode === 202) return payload;
    const version = await versions.versionOfWrites();
    if (version !== undefined) reply.header(told, version);
    return payload;
  };
}
