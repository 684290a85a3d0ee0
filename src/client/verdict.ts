import type { Verdict } from './openapi.js';
import { type Unavailable, unavailable } from './unavailable.js';

type VerdictName = Verdict['verdict'];
type Judged<Name extends VerdictName> = Omit<Verdict, 'verdict'> & { readonly verdict: Name };

/** Keep the content hidden until a person has looked. */
export type Hold = Judged<'hold_for_review' | 'quarantined'> & {
  /** The verdict of a newer service, whose name this client does not know. It is held. */
  readonly unknownVerdict?: string;
};
export type Removed = Judged<'remove_and_report' | 'remove'>;
export type Shown = Judged<'suppressed' | 'test_match' | 'no_known_match'>;
export type Unscannable = Judged<'unscannable'>;

/** What to do with the content: decide by `verdict`, or by `isHidden` and `mustRemove`. */
export type MatchResult = Removed | Hold | Shown | Unscannable | Unavailable;

const names: Readonly<Record<VerdictName, true>> = {
  remove_and_report: true,
  remove: true,
  hold_for_review: true,
  quarantined: true,
  suppressed: true,
  test_match: true,
  unscannable: true,
  no_known_match: true,
};

/**
 * True for content that nobody may see now: it must be removed, a person must look, it could not be read, or there is no verdict.
 *
 * Only `no_known_match`, `suppressed` and `test_match` are shown. A verdict that this client does not know is hidden.
 */
export function isHidden(result: MatchResult): result is Exclude<MatchResult, Shown> {
  const { verdict } = result;
  return verdict !== 'no_known_match' && verdict !== 'suppressed' && verdict !== 'test_match';
}

/** True for content to take down. `removal.reportTo` says whether you must also report it. */
export function mustRemove(result: MatchResult): result is Removed {
  return result.verdict === 'remove' || result.verdict === 'remove_and_report';
}

/** Reads the body of an answer. What is no verdict becomes `unavailable`, and an unknown verdict becomes a hold. */
export function resultOf(body: unknown): MatchResult {
  if (!isVerdict(body)) return unavailable('bad_answer', 'the answer is not a verdict of Vigie; check the url');
  if (Object.hasOwn(names, body.verdict)) return body as MatchResult;
  return { ...body, verdict: 'hold_for_review', unknownVerdict: body.verdict };
}

/** Like a verdict of this or a newer service. */
type AnyVerdict = Omit<Verdict, 'verdict'> & { readonly verdict: string };

function isVerdict(body: unknown): body is AnyVerdict {
  if (typeof body !== 'object' || body === null) return false;
  const { verdict, requestId, matches } = body as Readonly<Record<string, unknown>>;
  return typeof verdict === 'string' && typeof requestId === 'string' && Array.isArray(matches);
}
