import { describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { searchWhole } from '../../../src/service/sync/whole-index.js';

const state = { loads: 1, assertUsable() {} };

describe('searchWhole', () => {
  it('gives what the search found', async () => {
    expect(await searchWhole(state, async () => 'found')).toBe('found');
  });

  it('does not search an index that is loading', async () => {
    let searched = false;
    const loading = {
      loads: 1,
      assertUsable() {
        throw new VigieError('index_unavailable', 'the index is still loading; retry', 5);
      },
    };
    const search = async () => {
      searched = true;
    };
    await expect(searchWhole(loading, search)).rejects.toMatchObject({ code: 'index_unavailable' });
    expect(searched).toBe(false);
  });

  it('refuses what it found in an index that was reloaded meanwhile', async () => {
    const reloading = { loads: 1, assertUsable() {} };
    const search = async () => {
      reloading.loads++;
      return [];
    };
    await expect(searchWhole(reloading, search)).rejects.toMatchObject({ code: 'index_unavailable' });
  });
});
