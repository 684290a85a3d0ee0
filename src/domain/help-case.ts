/** A case of a person who is in a picture, and wants platforms to recognise it. Nobody has an account. */
import { fullVariant, type HashSet } from './hash.js';
import { newList } from './list.js';

/** Verdicts that name an entry of this list are counted for the cases. */
export const victimsList = 'victims';

/** Its entries begin as drafts, and a draft holds. Without `open`, no platform would compare with it. */
export function newVictimsList(organisation: string | null) {
  return newList({
    id: victimsList,
    title: 'Pictures that people in them have asked to recognise',
    class: 'ncii_adult',
    action: 'hold_for_review',
    open: true,
    organisation,
  });
}

/**
 * `checking`: it matches, and matches are held. `active`: somebody confirmed it as well. `refused`: it does not match, and never did.
 * `same`: equal to another file of the case. `withdrawn`: it no longer matches for this case.
 */
export const caseFileStates = ['checking', 'active', 'refused', 'same', 'withdrawn'] as const;
export type CaseFileState = (typeof caseFileStates)[number];

export interface CaseFile {
  /** From 1, in the order of the request. */
  readonly file: number;
  readonly state: CaseFileState;
  readonly sameAs?: number;
  /** Organisations that got such a verdict since the case was opened. */
  readonly platforms: { readonly held: number; readonly removed: number };
}

export interface HelpCase {
  readonly openedAt: Date;
  /** Null: a file still matches for it. */
  readonly closedAt: Date | null;
  readonly files: readonly CaseFile[];
}

/** What is taken from a browser: the whole upright picture, and hashes that match only what is equal. */
export function hashesOfCase({ pdq, blockhash: _blockhash, turnedBlockhashes: _turned, ...exact }: HashSet): HashSet {
  const upright = pdq?.filter(({ variant, orientation }) => orientation === 'identity' && variant === fullVariant) ?? [];
  return upright.length > 0 ? { ...exact, pdq: upright.slice(0, 1) } : exact;
}
