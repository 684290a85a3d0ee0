import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom, randomHash } from '../../random.js';
import { type Answer, Caller, p } from '../caller.js';
import { startNginx } from '../nginx.js';
import type { FaultRow } from '../results.js';
import type { FaultScenario } from '../scenario.js';

const connections = 32;
const secondsBeforeKill = 3;
const secondsAfterKill = 5;
const writes = 200;
const giveUpMs = 10_000;

interface Sent {
  readonly answer: Answer;
  readonly endedAt: number;
}

export const threeNodes: FaultScenario = {
  name: 'three-nodes',
  goal: 'One of three nodes behind nginx is killed under load. Only the requests that it was answering fail, and a write matches on all others within a second.',
  only: 'postgres',
  async run(bench) {
    const { keys, list, start } = await withList(bench);
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => start(name)));
    const nginx = await startNginx(nodes.map(({ url }) => url));
    const random = randomFrom(1);
    const caller = new Caller(nginx.url, connections);
    const match = (to: Caller, pdq: string) =>
      to.call({ path: '/v1/match', key: keys.platform, body: JSON.stringify({ hashes: { pdq, quality: 100 } }) });

    const sent: Sent[] = [];
    const until = performance.now() + (secondsBeforeKill + secondsAfterKill) * 1_000;
    const load = Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        const answer = await match(caller, randomHash(random));
        sent.push({ answer, endedAt: performance.now() });
      }
    });
    await pause(secondsBeforeKill * 1_000);
    const killedAt = performance.now();
    await nodes[0]?.kill();
    await Promise.all(load);

    const living = nodes.slice(1).map(({ url }) => new Caller(url, 2));
    const writer = new Caller(nginx.url, 1);
    const delays: Answer[] = [];
    for (let at = 0; at < writes; at++) {
      const pdq = randomHash(random);
      const body = JSON.stringify({ list, hashes: { pdq: [{ value: pdq, quality: 100 }] } });
      const enrolled = await writer.call({ path: '/v1/entries', key: keys.analyst, body });
      if (enrolled.status !== 201) throw new Error(`enrolment answered ${enrolled.status}: ${enrolled.body}`);
      const began = performance.now();
      await Promise.all(living.map((node) => untilKnown(() => match(node, pdq))));
      delays.push({ ...enrolled, ms: performance.now() - began });
    }
    for (const one of [caller, writer, ...living]) one.close();
    await nginx.stop();
    for (const node of nodes.slice(1)) await node.stop();
    return rowsOf(sent, killedAt, delays);
  },
};

async function withList(bench: Parameters<FaultScenario['run']>[0]) {
  const { keys, dataDir, start } = await bench.install({
    keys: { platform: 'platform', analyst: 'analyst', operator: 'operator' },
  });
  const list = 'shared';
  const first = await start();
  const caller = new Caller(first.url, 1);
  const body = JSON.stringify({ id: list, title: 'Shared', class: 'unclassified', action: 'hold_for_review' });
  const { status, body: text } = await caller.call({ path: '/v1/lists', key: keys.operator, body });
  if (status !== 201) throw new Error(`the list answered ${status}: ${text}`);
  await grant(first.url, keys.operator, `/v1/lists/${list}/grants/analyst`, ['read', 'enrol']);
  await grant(first.url, keys.operator, `/v1/lists/${list}/grants/platform`, ['match']);
  caller.close();
  await first.stop();
  return { keys, list, start: (name: string) => start({ VIGIE_DATA_DIR: join(dataDir, name) }) };
}

async function grant(url: string, key: string | undefined, path: string, rights: readonly string[]): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const { status } = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify({ rights }) });
  if (status !== 200) throw new Error(`PUT ${path} answered ${status}`);
}

async function untilKnown(match: () => Promise<Answer>): Promise<void> {
  const began = performance.now();
  while (!(await match()).body.includes('"hold_for_review"')) {
    if (performance.now() - began > giveUpMs) throw new Error(`an entry does not match on a node after ${giveUpMs} ms`);
    await pause(5);
  }
}

function rowsOf(sent: readonly Sent[], killedAt: number, delays: readonly Answer[]): FaultRow[] {
  const failed = sent.filter(({ answer }) => answer.status !== 200);
  const lastFailure = Math.max(0, ...failed.map(({ endedAt }) => endedAt - killedAt));
  return [
    { measured: 'requests', value: sent.length, unit: '' },
    { measured: 'failed requests', value: failed.length, unit: '', maximum: connections },
    { measured: 'last failure after the kill', value: lastFailure, unit: 'ms', maximum: 2_000 },
    {
      measured: 'failed before the kill',
      value: failed.filter(({ endedAt }) => endedAt < killedAt).length,
      unit: '',
      maximum: 0,
    },
    { measured: 'write until it matches on all, p50', value: p(0.5, delays), unit: 'ms' },
    { measured: 'write until it matches on all, p99', value: p(0.99, delays), unit: 'ms', maximum: 1_000 },
  ];
}
