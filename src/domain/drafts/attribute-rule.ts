interface AnyRule {
  readonly required?: boolean | undefined;
  /** Required where this holds, refused elsewhere. */
  readonly when?: Condition | undefined;
  /** Not required, even where `when` holds. */
  readonly neverRequired?: boolean | undefined;
}

/** Also holds for an array that contains `value`. */
export interface Condition {
  readonly field: string;
  readonly value: string;
}

export interface ValueRule extends AnyRule {
  readonly kind: 'one' | 'some';
  readonly values: readonly string[];
}

export interface TextRule extends AnyRule {
  readonly kind: 'text' | 'reference' | 'url';
  readonly max: number;
  /** The form of the text, and the error for a text without it. */
  readonly pattern?: readonly [RegExp, string] | undefined;
}

/** `YYYY-MM-DD`, until `latestDate`. */
export interface DateRule extends AnyRule {
  readonly kind: 'date';
  readonly from: string;
  /** The date must not be earlier than this attribute. */
  readonly after?: string | undefined;
}

export type AttributeRule = ValueRule | TextRule | DateRule;

export const latestDate = '2038-01-01';

/** Under the names of the DSA Transparency Database. */
export type Statement = Readonly<Record<string, string | readonly string[]>>;

export type Document = Readonly<Record<string, unknown>>;

export function holds({ field, value }: Condition, document: Document): boolean {
  const found = document[field];
  return found === value || (Array.isArray(found) && found.includes(value));
}
