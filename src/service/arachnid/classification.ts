import type { Match, VerdictName } from '../../domain/verdict.js';

export const classifications = ['csam', 'harmful-abusive-material', 'test', 'no-known-match'] as const;
export type Classification = (typeof classifications)[number];

export interface Classified {
  readonly classification: Classification;
  /** Null if nothing is known. */
  readonly match_type: 'exact' | 'near' | null;
}

/** Clients hide what has one of the first two. Arachnid Shield has no third, so content that waits for a person gets the second. */
const byVerdict: Readonly<Record<Exclude<VerdictName, 'unscannable'>, Classification>> = {
  remove_and_report: 'csam',
  remove: 'harmful-abusive-material',
  hold_for_review: 'harmful-abusive-material',
  quarantined: 'harmful-abusive-material',
  test_match: 'test',
  suppressed: 'no-known-match',
  no_known_match: 'no-known-match',
};

/** @param matches the strongest first */
export function classified(
  verdict: Exclude<VerdictName, 'unscannable'>,
  matches: readonly Pick<Match, 'action' | 'matchType'>[],
): Classified {
  const classification = byVerdict[verdict];
  if (classification === 'no-known-match') return { classification, match_type: null };
  const [strongest] = matches;
  const isExact = matches.some(({ action, matchType }) => action === strongest?.action && matchType === 'exact');
  return { classification, match_type: isExact ? 'exact' : 'near' };
}
