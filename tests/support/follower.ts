import { exchangeSchema } from '../../src/http/schemas/exchange.js';
import type { Client } from './client.js';
import { keyOf } from './seed.js';
import { until } from './until.js';

/** Lets the list `known` of one service follow that of another. Resolves when it has everything. */
export async function follow(follower: Client, leaderUrl: string, changes: object = {}): Promise<void> {
  const exchange = { id: 'leader', kind: 'vigie', list: 'known', baseUrl: leaderUrl, credentials: { key: keyOf('analyst') } };
  const answer = await follower
    .as('operator')
    .json('POST', '/v1/exchanges', { ...exchange, options: { list: 'known' }, ...changes });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  await until('the first reading', 15_000, async () => (await statusOf(follower)).checkpointAt);
}

export async function statusOf(follower: Client) {
  const { body } = await follower.as('operator').call('GET', '/v1/exchanges');
  const [found] = exchangeSchema.array().parse((body as { items: unknown }).items);
  if (!found) throw new Error('the follower has no exchange');
  return found.status;
}
