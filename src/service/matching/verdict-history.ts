/** Past verdicts, for the platform that got them: look-up, feedback and explanation. */
import { uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import { type Evaluation, thresholdOf } from '../../domain/match-evaluation.js';
import { isMoment } from '../../domain/moment.js';
import type { Removal } from '../../domain/obligations.js';
import { decide, evaluateAll } from '../../domain/policy.js';
import { statusOf } from '../../domain/standing.js';
import { transformationOf } from '../../domain/transformation.js';
import type { Candidate, Match, Transformation, UnscannableReason, VerdictName } from '../../domain/verdict.js';
import type { FeedbackOutcome, FeedbackStore } from '../../store/feedback.js';
import type { ListStore } from '../../store/lists.js';
import type { VerdictRecord, VerdictStore } from '../../store/verdicts.js';
import type { EntryReview } from '../entries/entry-review.js';
import type { ListCache } from '../lists/list-cache.js';
import type { EntryNames } from './entry-names.js';

export interface ToldVerdict {
  readonly requestId: string;
  readonly verdict: VerdictName;
  readonly reason: UnscannableReason | null;
  readonly matches: readonly Match[];
  readonly removal: Removal | null;
  readonly answeredAt: string;
}

export interface Explanation {
  readonly requestId: string;
  readonly verdict: VerdictName;
  /** Decided again from the record. It differs only if a list has lost its history. */
  readonly replayed: VerdictName;
  readonly lists: readonly { readonly list: string; readonly version: number }[];
  readonly sightings: readonly ExplainedCandidate[];
}

/** Without the distance, and with the entry's name for the caller. */
export interface ExplainedCandidate
  extends Pick<Candidate, 'algorithm' | 'variant' | 'queryVariant' | 'orientation' | 'negative'>,
    Pick<Evaluation, 'corroborated' | 'sure' | 'verified' | 'lowered' | 'outcome'> {
  readonly entry: string;
  readonly list: string;
  readonly class: string;
  readonly status: string;
  readonly band: Evaluation['certainty'];
  readonly threshold: number;
  readonly transformation: Transformation | null;
}

export interface HistoryParts {
  readonly verdicts: VerdictStore;
  readonly feedback: FeedbackStore;
  readonly lists: ListStore;
  readonly listCache: ListCache;
  readonly names: EntryNames;
  readonly entryReview: Pick<EntryReview, 'lower'>;
  /** Kinds of exchanges that take feedback. */
  readonly feedbackKinds: readonly string[];
}

export class VerdictHistory {
  constructor(private readonly parts: HistoryParts) {}

  /** Newest first. */
  async page(
    organisation: string,
    request: { verdict?: VerdictName | undefined; cursor?: string | undefined; limit: number },
  ): Promise<{ items: ToldVerdict[]; nextCursor: string | null }> {
    const { verdict, cursor, limit } = request;
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const records = await this.parts.verdicts.page(organisation, { verdict, after, limit: limit + 1 });
    const shown = records.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((record) => this.told(record)),
      nextCursor: records.length > limit && last ? `${last.answeredAt.toISOString()} ${last.requestId}` : null,
    };
  }

  /** @throws VigieError `not_found`. */
  async get(organisation: string, requestId: string): Promise<ToldVerdict> {
    return this.told(await this.record(organisation, requestId));
  }

  /** Feedback on a match. @throws VigieError `not_found`. */
  async tell(
    organisation: string,
    requestId: string,
    { outcome, entry, reason }: { outcome: FeedbackOutcome; entry?: string | undefined; reason?: string | undefined },
  ): Promise<{ requestId: string; entry: string; outcome: FeedbackOutcome; at: string }> {
    const { matches } = await this.record(organisation, requestId);
    const told = matches.map((match) => ({ match, name: this.parts.names.show(organisation, match) }));
    const one = entry === undefined ? told[0] : told.find(({ name }) => name === entry);
    const uuid = one && uuidOfEntryId(one.match.entry);
    if (!one || !uuid) throw new VigieError('not_found', `verdict ${requestId} has no match of entry "${entry ?? ''}"`);
    const { algorithm } = one.match;
    const given = { requestId, organisation, entry: uuid, algorithm, outcome, reason: reason ?? null };
    const at = await this.parts.feedback.put(given, this.parts.feedbackKinds);
    if (!at) throw new VigieError('not_found', 'the entry no longer exists');
    if (outcome === 'false_positive') await lowerIfDoubted(this.parts, one.match.list, uuid);
    return { requestId, entry: one.name, outcome, at: at.toISOString() };
  }

  /** @throws VigieError `not_found`. */
  async explain(organisation: string, requestId: string): Promise<Explanation> {
    const { verdict, reason, matches, evidence, policy } = await this.record(organisation, requestId);
    const wanted = Object.entries(policy).map(([list, version]) => ({ list, version }));
    const lists = new Map((await this.parts.lists.versions(wanted)).map((list) => [list.id, list]));
    const candidates = evidence.map((one, ordinal): Candidate => ({ ...one, ordinal }));
    const replay = decide(candidates, { lists, organisation, unscannable: matches.length === 0 ? reason : null });
    const evaluations = evaluateAll(candidates, lists, organisation);
    return {
      requestId,
      verdict,
      replayed: replay.verdict,
      lists: wanted,
      sightings: evaluations.map((evaluation) => this.explained(organisation, evaluation)),
    };
  }

  private explained(organisation: string, evaluation: Evaluation): ExplainedCandidate {
    const { candidate, list, certainty: band, corroborated, proof, sure, verified, lowered, outcome } = evaluation;
    const { entry, algorithm, variant, queryVariant, orientation, negative } = candidate;
    return {
      entry: this.parts.names.show(organisation, { entry: entry.id, list: entry.list }),
      list: entry.list,
      class: entry.class,
      status: statusOf(entry.standing),
      ...{ algorithm, variant, queryVariant, orientation, negative, band },
      threshold: thresholdOf(candidate, list),
      transformation: transformationOf(candidate, proof),
      ...{ corroborated, sure, verified, lowered, outcome },
    };
  }

  private async record(organisation: string, requestId: string): Promise<VerdictRecord> {
    const record = await this.parts.verdicts.get(organisation, requestId);
    if (!record) throw new VigieError('not_found', `there is no verdict "${requestId}"; verdicts of no_known_match are not kept`);
    return record;
  }

  private told({ organisation, requestId, verdict, reason, matches, removal, answeredAt }: VerdictRecord): ToldVerdict {
    const named = matches.map((match) => ({
      ...match,
      entry: this.parts.names.show(organisation, match),
      // Verdicts of older versions have none.
      transformation: match.transformation ?? null,
    }));
    return { requestId, verdict, reason, matches: named, removal, answeredAt: answeredAt.toISOString() };
  }
}

/** After a report of a false positive. */
export async function lowerIfDoubted(
  { feedback, listCache, entryReview }: Pick<HistoryParts, 'feedback' | 'listCache' | 'entryReview'>,
  list: string,
  uuid: string,
): Promise<void> {
  const limit = listCache.get(list)?.limits.disputesAfter;
  const doubters = await feedback.disputingOrganisations(uuid);
  if (limit !== undefined && doubters >= limit)
    await entryReview.lower(uuid, 'feedback', `${doubters} organisations call its matches false`);
}

function placeOf(cursor: string): { answeredAt: Date; requestId: string } {
  const [time = '', requestId = ''] = cursor.split(' ');
  const answeredAt = new Date(time);
  if (!isMoment(answeredAt.getTime()) || requestId === '') {
    throw new VigieError('bad_request', 'cursor: send the nextCursor of the last page unchanged');
  }
  return { answeredAt, requestId };
}
