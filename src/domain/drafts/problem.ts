export interface DraftProblem {
  /** Under the recipient's name: `report.reporter.reportingPerson.email`. */
  readonly field: string;
  /** The field of our request, if there is one. */
  readonly asked?: string | undefined;
  /** What is wrong; never the value. */
  readonly rule: string;
}

/** `facts (decision_facts): has 5001 characters, the limit is 5000; ...` */
export function nameProblems(problems: readonly DraftProblem[]): string {
  return problems
    .map(({ field, asked, rule }) => `${asked === undefined || asked === field ? field : `${asked} (${field})`}: ${rule}`)
    .join('; ');
}

/** Both recipients count code points, not UTF-16 units. */
export function characters(text: string): number {
  return [...text].length;
}

export const isMissing = 'is missing';

export function tooLong(text: string, max: number): string | undefined {
  const count = characters(text);
  return count > max ? `has ${count} characters, the limit is ${max}` : undefined;
}
