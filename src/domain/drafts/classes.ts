/** What the class of an entry means to the recipients of drafts. */
import type { ContentClass } from '../list.js';
import { isRemoval, type Match, type VerdictName } from '../verdict.js';

/** Classes that show a child: what the CyberTipline takes, and what adult-only keywords must not describe. */
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

/** Content that was generated or altered; entries have no flag of their own for it yet. */
export function isSynthetic(contentClass: ContentClass): boolean {
  return contentClass === 'csam_synthetic' || contentClass === 'ncii_synthetic';
}

const industryClasses: Partial<Record<ContentClass, string>> = { csam_a1: 'A1', csam_a2: 'A2', csam_b1: 'B1', csam_b2: 'B2' };

/** The industry classification that a class is, `A1` to `B2`; undefined for every other, because none is ever inferred. */
export function industryClassOf(contentClass: ContentClass): string | undefined {
  return industryClasses[contentClass];
}

/** Verdicts that keep content from being seen: the only ones there is something to state or to report about. */
export const restrictingVerdicts: ReadonlySet<VerdictName> = new Set([
  'remove_and_report',
  'remove',
  'hold_for_review',
  'quarantined',
]);

/** The matches that led to the verdict: of a removal, those that remove by themselves. The strongest comes first. */
export function decidingMatches(verdict: VerdictName, matches: readonly Match[]): readonly Match[] {
  const removing = matches.filter(({ action }) => action === 'remove' || action === 'remove_and_report');
  return isRemoval(verdict) && removing.length > 0 ? removing : matches;
}

/** The classes of the matches that led to the verdict, each once; those that show a child alone where any does. */
export function decidingClasses(verdict: VerdictName, matches: readonly Match[]): readonly ContentClass[] {
  const classes = [...new Set(decidingMatches(verdict, matches).map((match) => match.class))];
  const ofChildren = classes.filter(showsChild);
  return ofChildren.length > 0 ? ofChildren : classes;
}
