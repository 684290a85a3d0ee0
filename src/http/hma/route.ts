import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Role } from '../../domain/key.js';
import { sendUnprocessable, Unprocessable } from './unprocessable.js';

export interface HmaRoute {
  readonly method: HTTPMethods;
  readonly url: string;
  readonly access: 'public' | readonly Role[];
  readonly counts?: 'requests';
  readonly repeatable?: boolean;
  readonly bodyLimit?: number;
  /** A file in a form, which waits for room before it is read. */
  readonly takesFile?: boolean;
}

export type HmaHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A route that answers, and refuses, as HMA does. It is not in Vigie's own OpenAPI document: HMA's lists it. */
export function hmaRoute(scope: FastifyInstance, route: HmaRoute, handler: HmaHandler): void {
  const { method, url, access, counts, repeatable = false, bodyLimit, takesFile = false } = route;
  scope.route({
    ...{ method, url, schema: { hide: true } },
    ...(bodyLimit !== undefined && { bodyLimit }),
    config: {
      ...{ access, repeatable, errorShape: 'hma', basicAuth: true },
      ...(counts && { counts }),
      ...(takesFile && { takes: { bytes: ['multipart/form-data'] } }),
    },
    handler: async (request, reply) => {
      try {
        return await handler(request, reply);
      } catch (error) {
        if (error instanceof Unprocessable) return sendUnprocessable(reply, error);
        throw error;
      }
    },
  });
}
