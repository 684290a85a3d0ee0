/** The use cases of organisations and people outside this installation: one part of the composition root. */
import { type CaseFoundation, wireCases } from './cases.js';
import { type ArachnidParts, ArachnidWire } from './service/arachnid/arachnid-wire.js';
import { Deconfliction, type DeconflictionParts } from './service/deconfliction/deconfliction.js';
import { Tombstones } from './service/entries/tombstones.js';
import { type StopnciiParts, StopnciiWire } from './service/stopncii/stopncii-wire.js';
import { CaseStore } from './store/cases.js';
import type { Database } from './store/database.js';
import { StopnciiMarkStore } from './store/stopncii-marks.js';

interface Foundation
  extends Omit<StopnciiParts, 'marks' | 'tombstones' | 'feedback'>,
    Omit<DeconflictionParts, 'cases' | 'database'>,
    ArachnidParts {
  readonly database: Database;
}

export function wirePartners(parts: Foundation & CaseFoundation) {
  const { database, stores, dataKey } = parts;
  const marks = new StopnciiMarkStore(database);
  return {
    arachnid: new ArachnidWire(parts),
    stopncii: new StopnciiWire({ ...parts, feedback: stores.feedback, marks, tombstones: new Tombstones(dataKey) }),
    ...wireCases(parts),
    deconfliction: new Deconfliction({ ...parts, cases: new CaseStore(database) }),
  };
}
