import { describe, expect, it } from 'vitest';
import { PartSize } from '../../../src/service/matching/part-size.js';

describe('PartSize', () => {
  it('begins with 128 hashes', () => {
    expect(new PartSize().hashes).toBe(128);
  });

  it('shrinks for hashes near many entries', () => {
    const size = new PartSize();
    size.found(128 * 400, 128);
    expect(size.hashes).toBe(10);
  });

  it('never falls below one hash', () => {
    const size = new PartSize();
    size.found(100_000, 1);
    expect(size.hashes).toBe(1);
  });

  it('grows again for hashes near nothing', () => {
    const size = new PartSize();
    size.found(128 * 400, 128);
    size.found(0, 10);
    expect(size.hashes).toBe(128);
  });
});
