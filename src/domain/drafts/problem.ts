/** What of a draft its recipient would refuse. */
export interface DraftProblem {
  /** Where, in the recipient's terms: `decision_facts`, `report.reporter.reportingPerson.email`. */
  readonly field: string;
  /** The field of our request that says it; absent where none does. */
  readonly asked?: string | undefined;
  /** What is wrong, and what would be right; never the value. */
  readonly rule: string;
}

/** Names every field that is wrong: `facts (decision_facts): has 5001 characters, at most 5000 are taken; ...`. */
export function nameProblems(problems: readonly DraftProblem[]): string {
  return problems
    .map(({ field, asked, rule }) => `${asked === undefined || asked === field ? field : `${asked} (${field})`}: ${rule}`)
    .join('; ');
}

/** Characters as both recipients count them: code points, not UTF-16 units. */
export function characters(text: string): number {
  return [...text].length;
}

export const isMissing = 'is missing';

export function tooLong(text: string, max: number): string | undefined {
  const count = characters(text);
  return count > max ? `has ${count} characters, the limit is ${max}` : undefined;
}
