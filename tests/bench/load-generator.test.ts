import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { drive } from '../../bench/http/load-generator.js';

async function driven(answer: (response: ServerResponse) => void) {
  const server = createServer((request, response) => request.resume().once('end', () => answer(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const load = { url: `http://127.0.0.1:${port}`, method: 'POST', headers: {}, bodies: ['a', 'b'] } as const;
  const sample = await drive({ ...load, check: (body) => body === 'right' }, { warmUpSeconds: 0.2, seconds: 0.3 });
  server.closeAllConnections();
  server.close();
  return sample;
}

describe('drive', () => {
  it('counts right answers and no errors', async () => {
    const { perSecond, p50, p99, errors } = await driven((response) => response.end('right'));
    expect(perSecond).toBeGreaterThan(0);
    expect(p50).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
    expect(errors).toBe(0);
  });

  it('counts a wrong answer as an error', async () => {
    const { errors } = await driven((response) => response.end('wrong'));
    expect(errors).toBeGreaterThan(0);
  });

  it('counts a refusal as an error and not as throughput', async () => {
    const { perSecond, errors } = await driven((response) => response.writeHead(503).end());
    expect(perSecond).toBe(0);
    expect(errors).toBeGreaterThan(0);
  });
});
