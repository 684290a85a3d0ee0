import { beforeEach, describe, expect, it } from 'vitest';
import type { Act } from '../../../src/domain/audit-act.js';
import { EnumerationGuard } from '../../../src/service/abuse/enumeration-guard.js';
import { platform } from '../../support/callers.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';
import { openOwnDatabase } from '../../support/own-database.js';

const random = randomFrom(97);
const { database, stores } = await openOwnDatabase();
let acts: Act[];
let now: number;
let nodes: readonly [EnumerationGuard, EnumerationGuard];

beforeEach(async () => {
  await database.query('delete from probe_count');
  [acts, now] = [[], 0];
  nodes = [newNode(), newNode()];
});

function newNode(): EnumerationGuard {
  return new EnumerationGuard({
    limits: { alertAt: 20, bandsAt: 40 },
    key: new Uint8Array(32).fill(3),
    log: { warn() {} },
    record: async (act) => void acts.push(act),
    counts: stores.probeCounts,
    now: () => now,
  });
}

async function share(): Promise<void> {
  for (const node of [...nodes, ...nodes]) await node.share();
}

function probe(node: EnumerationGuard, count: number, picture: string): void {
  for (let asked = 0; asked < count; asked++) node.observe(platform(), flipBits(picture, 4, random));
}

describe('two nodes that share what they count', () => {
  it('notice probes of one key of which neither saw enough', async () => {
    const picture = randomHash(random);
    for (const node of nodes) probe(node, 17, picture);
    expect(acts).toEqual([]);
    await share();
    for (const node of nodes) probe(node, 3, picture);
    expect(acts.map(({ act }) => act)).toContain('key.alert');
  });

  it('tell a key bands on both when one has noticed it, and for an hour', async () => {
    probe(nodes[0], 65, randomHash(random));
    expect(nodes.map((node) => node.tells(platform()))).toEqual(['bands', 'distances']);
    await share();
    expect(nodes.map((node) => node.tells(platform()))).toEqual(['bands', 'bands']);
    now = 61 * 60_000;
    expect(nodes.map((node) => node.tells(platform()))).toEqual(['distances', 'distances']);
  });

  it('add up nothing for a picture whose variants are few', async () => {
    const picture = randomHash(random);
    const variants = [picture, flipBits(picture, 1, random), flipBits(picture, 2, random)];
    for (let round = 0; round < 5; round++) {
      for (const node of nodes) for (const variant of variants) node.observe(platform(), variant);
      await share();
    }
    expect(await database.query('select from probe_count')).toEqual([]);
    expect(acts).toEqual([]);
  });

  it('store no hash and forget counts after a day', async () => {
    probe(nodes[0], 30, randomHash(random));
    await share();
    const [row] = await database.query('select * from probe_count');
    expect(Object.keys(row ?? {}).sort()).toEqual(['at', 'name', 'node', 'organisation', 'scope', 'told', 'variants']);
    await database.query("update probe_count set at = now() - interval '25 hours', node = 'gone'");
    probe(nodes[1], 30, randomHash(random));
    await share();
    expect(await database.query("select from probe_count where node = 'gone'")).toEqual([]);
  });
});
