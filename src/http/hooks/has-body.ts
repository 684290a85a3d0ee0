import type { FastifyRequest } from 'fastify';

/** Whether a body comes with the request, as its headers say. */
export function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
