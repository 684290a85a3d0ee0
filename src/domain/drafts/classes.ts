import type { ContentClass } from '../list.js';
import { isRemoval, type Match, type VerdictName } from '../verdict.js';

/** The CyberTipline takes these; keywords for adults must not describe them. */
const childClasses: ReadonlySet<ContentClass> = new Set([
  'csam_baseline',
  'csam_illegal',
  'csam_a1',
  'csam_a2',
  'csam_b1',
  'csam_b2',
  'cse_borderline',
  'csam_synthetic',
  'ncii_minor',
]);

export function showsChild(contentClass: ContentClass): boolean {
  return childClasses.has(contentClass);
}

const syntheticClasses: ReadonlySet<ContentClass> = new Set(['csam_synthetic', 'ncii_synthetic']);

const industryClasses: Partial<Record<ContentClass, string>> = { csam_a1: 'A1', csam_a2: 'A2', csam_b1: 'B1', csam_b2: 'B2' };

/** Undefined for other classes: we never infer a classification. */
export function industryClassOf(contentClass: ContentClass): string | undefined {
  return industryClasses[contentClass];
}

/** Only these need a statement or a report. */
export const restrictingVerdicts: ReadonlySet<VerdictName> = new Set([
  'remove_and_report',
  'remove',
  'hold_for_review',
  'quarantined',
]);

export interface DraftedMatch extends Match {
  /** True: the entry is said to be generated or altered, whatever its class. */
  readonly synthetic?: boolean;
}

export interface DraftedVerdict {
  readonly verdict: VerdictName;
  readonly matches: readonly DraftedMatch[];
  readonly answeredAt: Date;
}

/** The matches that led to the verdict, strongest first. A removal rests on the matches that remove by themselves. */
export function decidingMatches<One extends Match>(verdict: VerdictName, matches: readonly One[]): readonly One[] {
  const removing = matches.filter(({ action }) => action === 'remove' || action === 'remove_and_report');
  return isRemoval(verdict) && removing.length > 0 ? removing : matches;
}

/** If any class shows a child, only the classes that do. */
export function decidingClasses(verdict: VerdictName, matches: readonly Match[]): readonly ContentClass[] {
  const classes = [...new Set(decidingMatches(verdict, matches).map((match) => match.class))];
  const ofChildren = classes.filter(showsChild);
  return ofChildren.length > 0 ? ofChildren : classes;
}

/** By its class, or because the analyst said so of the entry. */
export function isSynthetic({ verdict, matches }: Pick<DraftedVerdict, 'verdict' | 'matches'>): boolean {
  const classes = decidingClasses(verdict, matches);
  const deciding = decidingMatches(verdict, matches).filter((match) => classes.includes(match.class));
  return deciding.some((match) => match.synthetic === true || syntheticClasses.has(match.class));
}
