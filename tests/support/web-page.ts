/** Serves files, and takes the page's results at `/found`. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Resource {
  readonly type: 'text/html' | 'text/javascript' | 'application/wasm' | 'image/png';
  readonly body: string | Uint8Array;
}

export interface WebPage {
  readonly url: string;
  readonly found: Promise<string>;
  close(): Promise<void>;
}

/** The strictest policy under which kernels run. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

export async function serve(resources: ReadonlyMap<string, Resource>): Promise<WebPage> {
  let disclose: (found: string) => void = () => undefined;
  const found = new Promise<string>((resolve) => {
    disclose = resolve;
  });
  const server: Server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      disclose(await text(request));
      response.end();
      return;
    }
    const resource = resources.get(request.url ?? '');
    if (!resource) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': resource.type, 'content-security-policy': policy }).end(resource.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, found, close };
}
