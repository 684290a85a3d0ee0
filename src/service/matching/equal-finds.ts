import type { Hit } from '../../domain/verdict.js';
import type { Probe } from './query.js';

const distances = 512;

/**
 * Leaves out a stored hash that another probe of the same query found at the same distance in the same way: it decides nothing
 * more. 64 near hashes of one picture otherwise find every hash near them 64 times.
 */
export class EqualFinds {
  private readonly found = new Map<string, Set<number>>();
  private before: { readonly probe: Probe; readonly hits: readonly Hit[] } | undefined;

  /** The hits of `probe` that no earlier probe of the query had. */
  fresh(probe: Probe, hits: readonly Hit[]): readonly Hit[] {
    // Most queries find something with one probe only.
    if (this.found.size === 0) {
      if (!this.before) {
        this.before = { probe, hits };
        return hits;
      }
      this.remember(this.before.probe, this.before.hits);
    }
    return this.remember(probe, hits);
  }

  private remember({ variant, orientation, negative, quality }: Probe, hits: readonly Hit[]): readonly Hit[] {
    // Hashes of low quality are not searched, so only whether the quality is known matters.
    const way = `${variant} ${orientation} ${negative} ${quality === null}`;
    const found = this.found.get(way) ?? new Set();
    this.found.set(way, found);
    return hits.filter(({ ordinal, distance }) => {
      const find = ordinal * distances + distance;
      if (found.has(find)) return false;
      found.add(find);
      return true;
    });
  }
}
