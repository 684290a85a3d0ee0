import fc from 'fast-check';
import { sealingWith } from '../../../src/service/audit-log/chain.js';
import type { RecordedAct, SealedAct } from '../../../src/store/audit.js';

const text = fc.string({ maxLength: 8 });

const anyAct: fc.Arbitrary<Omit<RecordedAct, 'id'>> = fc.record({
  micros: fc.integer({ min: 1_700_000_000_000_000, max: 1_900_000_000_000_000 }).map(String),
  person: fc.option(fc.integer({ min: 1, max: 9 })),
  organisation: fc.option(text),
  key: fc.option(text),
  via: fc.constantFrom('key', 'setup', 'system'),
  act: text,
  subject: text,
  detail: fc.dictionary(text, text, { maxKeys: 2 }).map((detail) => JSON.stringify(detail)),
});

/** Ids grow with gaps, as in the database. */
export const anyActs: fc.Arbitrary<RecordedAct[]> = fc
  .array(fc.tuple(anyAct, fc.integer({ min: 1, max: 3 })), { minLength: 2, maxLength: 20 })
  .map((acts) => {
    let id = 0;
    return acts.map(([act, step]) => {
      id += step;
      return { id, ...act };
    });
  });

/** Continues the chain that ends in `previous`. */
export function chainOf(acts: readonly RecordedAct[], key: Uint8Array, previous: SealedAct | null = null): SealedAct[] {
  const sealing = sealingWith(key);
  const chain: SealedAct[] = [];
  for (const act of acts) {
    const last = chain.at(-1) ?? previous;
    const position = (last?.position ?? 0) + 1;
    chain.push({ position, actId: act.id, act, mac: sealing(last?.mac ?? null, position, act) });
  }
  return chain;
}
