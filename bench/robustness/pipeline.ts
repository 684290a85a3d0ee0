/** The path of the service from bytes to a verdict, without HTTP and database. */

import { digestsOf } from '../../native-free-workers/hashing/digests.js';
import type { VariantSet } from '../../native-free-workers/image-task.js';
import type { IndexedEntry } from '../../src/domain/entry.js';
import { decide } from '../../src/domain/policy.js';
import { standingOf } from '../../src/domain/standing.js';
import type { Candidate, Decision } from '../../src/domain/verdict.js';
import { startImaging } from '../../src/imaging/client.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { newEntry } from '../../src/service/entries/enrolment.js';
import { searchCandidates } from '../../src/service/matching/candidate-search.js';
import { holdRadiiOf } from '../../src/service/matching/hold-radii.js';
import { ImageHasher } from '../../src/service/matching/image-hasher.js';
import { type Probe, queryOfImage } from '../../src/service/matching/query.js';
import { list, lists, radii } from './known-list.js';

export type Search = Pick<Probe, 'variant' | 'orientation' | 'negative' | 'reachesFar'>;

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly searches: readonly Search[];
}

export interface Pipeline {
  /** Returns false if the picture is refused. */
  enrol(number: number, bytes: Buffer): Promise<boolean>;
  readonly stored: ReadonlyMap<number, readonly string[]>;
  query(bytes: Buffer): Promise<Found>;
  /** 0 if the picture cannot be hashed. */
  qualityOf(bytes: Buffer): Promise<number>;
  close(): Promise<void>;
}

export function numberOf({ entry }: Candidate): number {
  return Number.parseInt(entry.id.slice(4), 16);
}

export function decisionOn(candidates: readonly Candidate[]): Decision {
  return decide(candidates, { lists, organisation: 'bench', unscannable: null });
}

export async function startPipeline(variants: VariantSet = 'all'): Promise<Pipeline> {
  const workers = await startIndexWorkerPool(1);
  const imaging = startImaging({ variants, deadlineMs: 60_000, queueLimit: 10_000 });
  const index = new MemoryIndex(workers);
  const hasher = new ImageHasher(imaging, { digests: async (bytes) => digestsOf(bytes) });
  const stored = new Map<number, string[]>();
  let ordinal = 0;
  return {
    stored,
    async enrol(number, bytes) {
      const { hashes, unscannable } = await hasher.hash(bytes, undefined, 'enrol');
      if (unscannable) return false;
      const newHashes = newEntry({ list: list.id }, hashes, { status: 'verified' }).hashes;
      const entry: IndexedEntry = {
        id: `ent_${number.toString(16).padStart(32, '0')}`,
        list: list.id,
        class: list.class,
        standing: standingOf('verified', 0, 0),
        hashes: newHashes
          .filter(({ algorithm }) => algorithm === 'pdq' || algorithm === 'blockhash')
          .map(({ algorithm, variant, hex, quality }) => ({
            ordinal: ++ordinal,
            algorithm,
            variant,
            value: Buffer.from(hex, 'hex'),
            quality,
          })),
      };
      index.add(entry);
      const names = entry.hashes.map(({ algorithm, variant }) => (algorithm === 'pdq' ? variant : algorithm));
      stored.set(number, names);
      return true;
    },
    async query(bytes) {
      const image = await hasher.hash(bytes);
      if (image.unscannable) return { candidates: [], searches: [] };
      const { pdq, blockhash } = queryOfImage('', image);
      // Digests never find an edited copy, so they are left out.
      const holdRadii = holdRadiiOf(lists, index);
      const [candidates = []] = await searchCandidates(index, [{ pdq, blockhash, exact: [] }], radii, { lists, holdRadii });
      return { candidates, searches: pdq.map(searchOf) };
    },
    async qualityOf(bytes) {
      const { hashes, unscannable } = await hasher.hash(bytes);
      return unscannable ? 0 : (hashes.pdq?.[0]?.quality ?? 0);
    },
    async close() {
      await imaging.close();
      await index.close();
      await workers.close();
    },
  };
}

function searchOf({ variant, orientation, negative, reachesFar = false }: Probe): Search {
  return { variant, orientation, negative, reachesFar };
}
