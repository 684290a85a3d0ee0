import { describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { IndexState } from '../../../src/service/hma/index-state.js';

const contents = { countSignals: async () => 0 };
const listCache = { visibleTo: () => [], rights: () => new Set<never>(), versionFor: () => '0' };
const healthOf = (ready: boolean, assertUsable: () => void) =>
  new IndexState({ contents, listCache, follower: { ready, assertUsable } }).health;
const tooOld = () => {
  throw new VigieError('index_unavailable', 'the index is 20 min old');
};

describe('the health of the index', () => {
  it.each([
    ['alive', true, () => {}, 'I-AM-ALIVE'],
    ['not loaded', false, tooOld, 'INDEX-NOT-LOADED'],
    ['stale', true, tooOld, 'INDEX-STALE'],
  ] as const)('that is %s is named as HMA does', (_what, ready, assertUsable, name) => {
    expect(healthOf(ready, assertUsable)).toBe(name);
  });
});
