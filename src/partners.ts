/** The use cases of organisations that use lists of this installation from outside: one part of the composition root. */
import type { DerivedKeys } from './data-key.js';
import { type ArachnidParts, ArachnidWire } from './service/arachnid/arachnid-wire.js';
import { Deconfliction, type DeconflictionParts } from './service/deconfliction/deconfliction.js';
import { Tombstones } from './service/entries/tombstones.js';
import { type StopnciiParts, StopnciiWire } from './service/stopncii/stopncii-wire.js';
import { CaseStore } from './store/cases.js';
import type { Database } from './store/database.js';
import { StopnciiMarkStore } from './store/stopncii-marks.js';
import type { Stores } from './store/stores.js';

interface Foundation
  extends Omit<StopnciiParts, 'marks' | 'tombstones' | 'feedback'>,
    Omit<DeconflictionParts, 'cases' | 'database'>,
    ArachnidParts {
  readonly database: Database;
  readonly stores: Stores;
  readonly dataKey: DerivedKeys;
}

export function wirePartners(parts: Foundation) {
  const { database, stores, dataKey } = parts;
  const marks = new StopnciiMarkStore(database);
  return {
    arachnid: new ArachnidWire(parts),
    stopncii: new StopnciiWire({ ...parts, feedback: stores.feedback, marks, tombstones: new Tombstones(dataKey) }),
    deconfliction: new Deconfliction({ ...parts, cases: new CaseStore(database) }),
  };
}
