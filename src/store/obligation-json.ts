import type { Obligation, Removal } from '../domain/obligations.js';

/** Rows of earlier versions call the flag `uncertain`. */
export function storedObligation({ uncertain, ...obligation }: Obligation & { readonly uncertain?: boolean }): Obligation {
  return uncertain === undefined ? obligation : { ...obligation, unverified: uncertain };
}

export function storedRemoval(removal: Removal | null): Removal | null {
  return removal && { ...removal, obligations: removal.obligations.map(storedObligation) };
}
