import { createHash } from 'node:crypto';
import type { DataKey } from '../../src/domain/data-key.js';

/** The secret of an installation that exists for a test only. */
export const testDataKey: DataKey = { derive: (purpose) => createHash('sha256').update(`test ${purpose}`).digest() };
