import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Anchor } from '../../../src/service/audit-log/anchor.js';
import { ChainCheck, type Finding } from '../../../src/service/audit-log/verification.js';
import type { RecordedAct, SealedAct } from '../../../src/store/audit.js';
import { anyActs, chainOf } from './chains.js';

const key = new Uint8Array(32).fill(1);
const otherKey = new Uint8Array(32).fill(2);

function findingsOf(chain: readonly SealedAct[], anchors: readonly Anchor[] = []): Finding[] {
  const findings: Finding[] = [];
  const check = new ChainCheck(key, anchors, (finding) => findings.push(finding));
  for (const link of chain) check.take(link);
  check.end();
  return findings;
}

const anchorOf = ({ position, mac }: SealedAct): Anchor => ({
  position,
  mac: Buffer.from(mac).toString('hex'),
  at: '2026-11-26T12:00:00.000Z',
});
const faultsOf = (findings: readonly Finding[]) => findings.map(({ fault, position, act }) => [fault, position, act]);

const chainAndPlace = anyActs.chain((acts) => fc.record({ acts: fc.constant(acts), at: fc.nat({ max: acts.length - 1 }) }));

const edits: readonly ((act: RecordedAct) => RecordedAct)[] = [
  (act) => ({ ...act, micros: String(Number(act.micros) + 1) }),
  (act) => ({ ...act, person: (act.person ?? 0) + 1 }),
  (act) => ({ ...act, organisation: act.organisation === null ? '' : null }),
  (act) => ({ ...act, key: `${act.key ?? ''}x` }),
  (act) => ({ ...act, via: act.via === 'key' ? 'setup' : 'key' }),
  (act) => ({ ...act, act: `${act.act} ` }),
  (act) => ({ ...act, subject: `${act.subject}x`, act: act.act }),
  (act) => ({ ...act, detail: act.detail.replace('{', '{ ') }),
  // Moves text from one field to the next.
  (act) => ({ ...act, act: `${act.act}${act.subject}x`, subject: '' }),
];

describe('a chain', () => {
  it('that nobody touched has no findings, with or without anchors', () => {
    fc.assert(
      fc.property(anyActs, (acts) => {
        const chain = chainOf(acts, key);
        expect(findingsOf(chain)).toEqual([]);
        expect(findingsOf(chain, chain.map(anchorOf))).toEqual([]);
      }),
    );
  });

  it('with an edited act: names that act and no other', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.constantFrom(...edits), ({ acts, at }, edit) => {
        const chain = chainOf(acts, key);
        const edited = chain.map((link, place) => (place === at && link.act ? { ...link, act: edit(link.act) } : link));
        expect(faultsOf(findingsOf(edited))).toEqual([['altered', at + 1, acts[at]?.id]]);
      }),
    );
  });

  it('with a removed act: names that act', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ acts, at }) => {
        const chain = chainOf(acts, key).map((link, place) => (place === at ? { ...link, act: null } : link));
        expect(faultsOf(findingsOf(chain))).toEqual([['removed', at + 1, acts[at]?.id]]);
      }),
    );
  });

  it('without an act and its seal: names the position, unless it was the last', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ acts, at }) => {
        const findings = findingsOf(chainOf(acts, key).toSpliced(at, 1));
        expect(faultsOf(findings)).toEqual(at === acts.length - 1 ? [] : [['missing', at + 1, null]]);
      }),
    );
  });

  it('renumbered after a removal: names the first act that moved', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ acts, at }) => {
        const closed = chainOf(acts, key)
          .toSpliced(at, 1)
          .map((link, place) => ({ ...link, position: place + 1 }));
        const [first] = faultsOf(findingsOf(closed));
        expect(first).toEqual(at === acts.length - 1 ? undefined : ['altered', at + 1, acts[at + 1]?.id]);
      }),
    );
  });

  it('with two acts swapped: names both', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.nat(), ({ acts, at }, offset) => {
        const other = (at + 1 + (offset % (acts.length - 1))) % acts.length;
        const chain = chainOf(acts, key);
        const [one, two] = [chain[at], chain[other]];
        const swapped = chain.map((link, place) => {
          const from = place === at ? two : place === other ? one : link;
          return { ...link, actId: from?.actId ?? 0, act: from?.act ?? null };
        });
        const expected = [at, other].toSorted((a, b) => a - b).map((place) => ['altered', place + 1, swapped[place]?.actId]);
        expect(faultsOf(findingsOf(swapped))).toEqual(expected);
      }),
    );
  });

  it('with an altered seal: names its act', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.nat({ max: 31 }), ({ acts, at }, byte) => {
        const chain = chainOf(acts, key).map((link, place) => {
          const mac = Uint8Array.from(link.mac);
          if (place === at) mac[byte] = (mac[byte] ?? 0) ^ 1;
          return { ...link, mac };
        });
        expect(faultsOf(findingsOf(chain))[0]).toEqual(['altered', at + 1, acts[at]?.id]);
      }),
    );
  });

  it('cut off before an anchor: names the first missing position', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ acts, at }) => {
        const chain = chainOf(acts, key);
        const anchors = chain.map(anchorOf);
        expect(faultsOf(findingsOf(chain.slice(0, at), anchors))).toEqual([['cut_off', at + 1, null]]);
      }),
    );
  });

  it('sealed again without the key: names every act', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ acts, at }) => {
        const chain = chainOf(acts, key);
        const resealed = [...chain.slice(0, at), ...chainOf(acts.slice(at), otherKey, chain[at - 1])];
        expect(faultsOf(findingsOf(resealed))).toEqual(acts.slice(at).map(({ id }, place) => ['altered', at + place + 1, id]));
      }),
    );
  });

  it('cut and sealed again with the key: no longer matches its anchors', () => {
    fc.assert(
      fc.property(chainAndPlace, ({ acts, at }) => {
        const chain = chainOf(acts, key);
        const forged = acts.slice(at).map((act) => ({ ...act, subject: `${act.subject}'` }));
        const resealed = [...chain.slice(0, at), ...chainOf(forged, key, chain[at - 1])];
        expect(findingsOf(resealed)).toEqual([]);
        const expected = acts.slice(at).map(({ id }, place) => ['rechained', at + place + 1, id]);
        expect(faultsOf(findingsOf(resealed, chain.map(anchorOf)))).toEqual(expected);
      }),
    );
  });

  it('has no position before 1', () => {
    const [link] = chainOf([{ ...act, id: 5 }], key);
    if (!link) throw new Error('no link');
    expect(faultsOf(findingsOf([{ ...link, position: -3 }]))).toEqual([['altered', -3, 5]]);
  });
});

const act: RecordedAct = {
  id: 1,
  micros: '1',
  person: null,
  organisation: null,
  key: null,
  via: 'setup',
  act: 'x',
  subject: 'y',
  detail: '{}',
};
