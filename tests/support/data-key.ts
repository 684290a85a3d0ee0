import { createHash } from 'node:crypto';
import type { DataKey } from '../../src/domain/data-key.js';

export const testDataKey: DataKey = { derive: (purpose) => createHash('sha256').update(`test ${purpose}`).digest() };
