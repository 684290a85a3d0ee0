import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { keyOf } from './seed.js';

export function openLines(url: string, path: string): ClientRequest {
  const headers = { authorization: `Bearer ${keyOf('platform')}`, 'content-type': 'application/x-ndjson' };
  return request(new URL(path, url), { method: 'POST', headers, agent: false });
}

export function responseOf(stream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => stream.once('response', resolve).once('error', reject));
}

export async function* documentsIn(response: IncomingMessage): AsyncGenerator<unknown> {
  for await (const line of createInterface({ input: response })) yield JSON.parse(line);
}
