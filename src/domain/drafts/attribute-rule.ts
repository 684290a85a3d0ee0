/** What the DSA Transparency Database allows for one attribute of a statement. */

interface AnyRule {
  readonly required?: boolean | undefined;
  /** Where this holds the attribute is required; elsewhere it is refused. */
  readonly when?: Condition | undefined;
  /** Not required, even where `when` holds. */
  readonly neverRequired?: boolean | undefined;
}

/** Holds when the attribute `field` is `value`, or an array that contains it. */
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
  /** In characters. */
  readonly max: number;
  /** The form of the text, and what to say about a text without it. */
  readonly pattern?: readonly [RegExp, string] | undefined;
}

/** `YYYY-MM-DD`, from `from` to `latestDate`. */
export interface DateRule extends AnyRule {
  readonly kind: 'date';
  readonly from: string;
  /** The attribute whose date must not be later. */
  readonly after?: string | undefined;
}

export type AttributeRule = ValueRule | TextRule | DateRule;

export const latestDate = '2038-01-01';

/** A statement as the platform would send it, under the names of the database. */
export type Statement = Readonly<Record<string, string | readonly string[]>>;

export type Document = Readonly<Record<string, unknown>>;

export function holds({ field, value }: Condition, document: Document): boolean {
  const found = document[field];
  return found === value || (Array.isArray(found) && found.includes(value));
}
