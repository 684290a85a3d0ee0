/** Serves a white page, and one image at a time. */
import { createServer } from 'node:http';

const page = `<!doctype html><meta charset="utf-8"><style>
html, body { margin: 0; background: white }
img { display: block; image-orientation: from-image }
</style><body>`;

export interface FileServer {
  readonly url: string;
  /** Answers the path of the file. It replaces the file before. */
  offer(bytes: Uint8Array, mediaType: string): string;
  close(): Promise<void>;
}

export async function serveFiles(): Promise<FileServer> {
  let offered = { path: '', bytes: new Uint8Array(), mediaType: '' };
  let count = 0;
  const server = createServer(({ url }, response) => {
    if (url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    else if (url === offered.path) response.writeHead(200, { 'content-type': offered.mediaType }).end(offered.bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    offer(bytes, mediaType) {
      offered = { path: `/file-${++count}`, bytes: Uint8Array.from(bytes), mediaType };
      return offered.path;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
