/** Exports over HTTP, by two people of one organisation. */
import { z } from 'zod';
import { exportSchema } from '../../src/http/schemas/export.js';
import { type Client, expectOk } from './client.js';
import { until } from './until.js';

export type ShownExport = z.output<typeof exportSchema>;

export const exportRequest = { list: 'known', format: 'vigie', recipient: 'Police of Ghent', purpose: 'agreement 12' };

/** The analyst asks, and the reviewer of the same organisation confirms. */
export async function readyExport(client: Client, request: object = {}): Promise<ShownExport> {
  const asked = expectOk(exportSchema, await client.as('analyst').json('POST', '/v1/exports', { ...exportRequest, ...request }));
  return expectOk(exportSchema, await client.as('reviewer').json('POST', `/v1/exports/${asked.id}/confirm`, {}));
}

export async function fileOf(client: Client, id: string): Promise<string> {
  const { status, body } = await client.as('analyst').call('GET', `/v1/exports/${id}/file`);
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return z.string().parse(body);
}

/** The receipt is stored when the last byte is sent. */
export function lastDownload(client: Client, id: string): Promise<ShownExport['downloads'][number]> {
  return until('the download ends', 10_000, async () => {
    const [last] = expectOk(exportSchema, await client.as('analyst').call('GET', `/v1/exports/${id}`)).downloads;
    return last && last.state !== 'sending' ? last : undefined;
  });
}

export interface WrittenEntry {
  readonly id: string;
  readonly hashes: readonly { readonly algorithm: string; readonly value: string; readonly variant: string }[];
  readonly [field: string]: unknown;
}

/** The entries of a file in Vigie's own format. */
export function entriesIn(file: string): WrittenEntry[] {
  return file
    .trim()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line));
}
