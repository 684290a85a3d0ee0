import { setTimeout as pause } from 'node:timers/promises';
import { imageSizes, photographs } from '../../http/photographs.js';
import { randomFrom, randomHash } from '../../random.js';
import { type Answer, Caller, p } from '../caller.js';
import type { FaultRow } from '../results.js';
import type { FaultScenario } from '../scenario.js';

const connections = 400;
const seconds = 15;
/** What a client waits after a refusal, in ms; on average 350. */
const backOff = { minimum: 200, spread: 300 };

export const overload: FaultScenario = {
  name: 'overload',
  goal: `${connections} connections send images faster than the service can decode them. It refuses the rest at once, and others go on.`,
  async run(bench) {
    const { keys, start } = await bench.install({ keys: { busy: 'platform', other: 'platform' } });
    const { url, stop } = await start();
    const [size] = imageSizes;
    const images = size ? await photographs(size) : [];
    const busy = new Caller(url, connections);
    const other = new Caller(url, 2);
    const match = (at: number, caller = busy) =>
      caller.call({ path: '/v1/match', key: keys.busy, type: 'image/jpeg', body: images[at % images.length] ?? '' });
    const idle = await inTurn(20, (at) => match(at));

    const random = randomFrom(1);
    const answers: Answer[] = [];
    const beside: { readonly health: Answer[]; readonly hashes: Answer[] } = { health: [], hashes: [] };
    const until = performance.now() + seconds * 1_000;
    const send = async (at: number) => {
      while (performance.now() < until) {
        const answer = await match(at);
        answers.push(answer);
        if (answer.status === 503) await pause(backOff.minimum + random() * backOff.spread);
      }
    };
    const watch = async () => {
      while (performance.now() < until) {
        beside.health.push(await other.call({ method: 'GET', path: '/healthz' }));
        const body = JSON.stringify({ hashes: { pdq: randomHash(random), quality: 100 } });
        beside.hashes.push(await other.call({ path: '/v1/match', key: keys.other, body }));
        await pause(50);
      }
    };
    const sending = Array.from({ length: connections }, (_, at) => send(at));
    await watch();
    const recovery = await recoveryMs((at) => match(at, other), p(0.5, idle));
    await Promise.all(sending);
    for (const caller of [busy, other]) caller.close();
    await stop();
    return rowsOf(answers, beside, recovery);
  },
};

function rowsOf(
  answers: readonly Answer[],
  { health, hashes }: { health: Answer[]; hashes: Answer[] },
  recovery: number,
): FaultRow[] {
  const refused = answers.filter(({ status }) => status === 503);
  const unexpected = answers.filter(({ status }) => status !== 503 && status !== 200);
  return [
    { measured: 'images matched', value: (answers.length - refused.length) / seconds, unit: '/s' },
    { measured: '503 answers', value: refused.length, unit: '', minimum: 1 },
    { measured: '503 answers, p50', value: p(0.5, refused), unit: 'ms' },
    { measured: '503 answers, p90', value: p(0.9, refused), unit: 'ms' },
    { measured: '503 answers, p99', value: p(0.99, refused), unit: 'ms', maximum: 50 },
    { measured: '503 answers without Retry-After', value: refused.filter((one) => !one.retryAfter).length, unit: '', maximum: 0 },
    { measured: 'other answers', value: unexpected.length, unit: '', maximum: 0 },
    { measured: '/healthz beside, p99', value: p(0.99, health), unit: 'ms', maximum: 50 },
    { measured: 'hash matches of another key, p99', value: p(0.99, hashes), unit: 'ms' },
    {
      measured: 'hash matches of another key, refused',
      value: hashes.filter(({ status }) => status !== 200).length,
      unit: '',
      maximum: 0,
    },
    { measured: 'recovery', value: recovery, unit: 'ms', maximum: 2_000 },
  ];
}

/** Until a match takes no longer than twice its idle time. */
async function recoveryMs(match: (at: number) => Promise<Answer>, idleMs: number): Promise<number> {
  const began = performance.now();
  for (let at = 0; ; at++) {
    const { status, ms } = await match(at);
    if (status === 200 && ms <= idleMs * 2) return performance.now() - began;
    if (performance.now() - began > 60_000) throw new Error('the service does not recover within a minute');
  }
}

async function inTurn(count: number, call: (at: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < count; at++) answers.push(await call(at));
  return answers;
}
