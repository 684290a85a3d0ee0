import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { VigieError } from '../domain/errors.js';
import { answerClientError, answerUnparsed, writeProblem } from './hooks/protocol.js';
import { type Measured, registerMetrics } from './metrics.js';
import { requestIds } from './request-ids.js';

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

const path = '/metrics';
const internal = new VigieError('internal', 'the metrics could not be collected');

/** Serves Prometheus metrics at `/metrics`. They need no key, so the address must be one that only operators can reach. */
export async function startMetricsServer(
  measured: Measured,
  { host, port }: MetricsAddress,
): Promise<{ url: string; close(): Promise<void> }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerMetrics(registry, measured);
  // Only refusals of the API are counted.
  const protocol = { newId: requestIds(), noteRefusal: () => {} };
  const server = createServer({ requireHostHeader: false }, async (request, response) => {
    try {
      refuseOther(request, response);
      const metrics = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(metrics);
    } catch (error) {
      writeProblem(request, response, error instanceof VigieError ? error : internal, protocol);
    }
  });
  server.on('clientError', (error, socket: Socket) => answerClientError(error, socket, protocol));
  answerUnparsed(server, protocol);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @throws VigieError for all but GET and HEAD of the metrics. */
function refuseOther({ url = '', method = '', headers, httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (headers.host === undefined && httpVersion === '1.1')
    throw new VigieError('bad_request', 'the header Host is missing; HTTP/1.1 needs it');
  if (url.split('?')[0]?.replace(/\/$/, '') !== path)
    throw new VigieError('not_found', `unknown route; this port has ${path} only`);
  if (method === 'GET' || method === 'HEAD') return;
  response.setHeader('allow', 'GET, HEAD');
  throw new VigieError('method_not_allowed', `${path} does not take ${method}; send GET`);
}
