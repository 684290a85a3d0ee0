import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Measured, registerMetrics } from './metrics.js';

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** Serves Prometheus metrics at `/metrics`. They need no key, so the address must be one that only operators can reach. */
export async function startMetricsServer(
  measured: Measured,
  { host, port }: MetricsAddress,
): Promise<{ url: string; close(): Promise<void> }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerMetrics(registry, measured);
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  });
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
