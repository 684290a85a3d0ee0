import type { Caller } from '../../domain/key.js';
import type { List } from '../../domain/list.js';
import type { Removal } from '../../domain/obligations.js';
import type { Candidate, Decision, Match } from '../../domain/verdict.js';
import type { Evidence, VerdictRecord } from '../../store/verdicts.js';

/** An entry of 16 variants can be found in about 40 ways. */
const maxEvidence = 64;

/** A verdict before `EntryNames` replaces the ids of entries. */
interface Unnamed extends Decision {
  readonly requestId: string;
  readonly removal: Removal | null;
  readonly index: { readonly version: string };
}

export function recordOf(
  { key, organisation }: Caller,
  { requestId, verdict, reason, matches, removal, index }: Unnamed,
  candidates: readonly Candidate[],
  lists: ReadonlyMap<string, List>,
): VerdictRecord {
  const answer = { verdict, reason, matches, removal, ...evidenceOf(candidates, matches, lists) };
  return { requestId, key, organisation, ...answer, indexVersion: index.version, answeredAt: new Date() };
}

/** The candidates that decided the verdict, then the nearest others. */
function evidenceOf(
  candidates: readonly Candidate[],
  matches: readonly Match[],
  lists: ReadonlyMap<string, List>,
): Pick<VerdictRecord, 'evidence' | 'policy'> {
  const policy: Record<string, number> = {};
  const kept: Evidence[] = [];
  const told = new Set(matches.map(({ entry }) => entry));
  const place = ({ entry, distance }: Candidate) => (told.has(entry.id) ? distance : distance + 1_000);
  for (const { ordinal: _, ...evidence } of candidates.toSorted((a, b) => place(a) - place(b))) {
    const list = lists.get(evidence.entry.list);
    if (!list || kept.length >= maxEvidence) continue;
    policy[list.id] = list.version;
    kept.push(evidence);
  }
  return { evidence: kept, policy };
}
