import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainLimits, dropUnreadBody } from '../../src/http/hooks/unread-body.js';
import { RawConnection } from '../support/raw.js';

describe('dropUnreadBody', () => {
  let server: Server;
  /** A client whose request is refused while it may still send. `closed` resolves when the server lets go of the connection. */
  const refused = async () => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const connection = await RawConnection.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { sendsOn: true });
    const [socket] = await accepted;
    const startedAt = performance.now();
    const closed = once(socket, 'close').then(() => ({ ms: performance.now() - startedAt, bytes: socket.bytesRead }));
    connection.request('POST', '/', { 'transfer-encoding': 'chunked' });
    expect((await connection.answer()).status).toBe(413);
    return { connection, closed };
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      dropUnreadBody(request, response, false);
      response.writeHead(413, { 'content-length': 0 }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  it('reads on until the body ends, then closes', async () => {
    const { connection, closed } = await refused();
    connection.send(`${`10000\r\n${'x'.repeat(0x10000)}\r\n`.repeat(100)}0\r\n\r\n`);
    const { ms, bytes } = await closed;
    expect(bytes).toBeGreaterThan(6_500_000);
    expect(ms).toBeLessThan(drainLimits.stallMs);
    expect(connection.wasReset).toBe(false);
    connection.close();
  });

  it('closes the connection of a client that sends no more', async () => {
    const { connection, closed } = await refused();
    const { ms } = await closed;
    expect(ms).toBeGreaterThan(drainLimits.stallMs - 500);
    expect(ms).toBeLessThan(drainLimits.totalMs);
    connection.close();
  });

  it('closes the connection of a client that sends without an end', async () => {
    const { connection, closed } = await refused();
    const chunk = Buffer.from(`1000000\r\n${'x'.repeat(0x1000000)}\r\n`);
    const sending = setInterval(() => connection.send(chunk), 20);
    const { ms, bytes } = await closed;
    clearInterval(sending);
    connection.close();
    expect(bytes).toBeGreaterThan(drainLimits.maxBytes);
    expect(ms).toBeLessThan(drainLimits.totalMs);
  });
});
