import { createHash } from 'node:crypto';
import type { DataKey } from './domain/data-key.js';

export function openDataKey(): DataKey {
  return { derive: (purpose) => createHash('sha256').update(`placeholder ${purpose}`).digest() };
}
