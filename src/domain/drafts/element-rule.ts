/** What NCMEC's schema allows for one element of a report. */

export type TextRule =
  | { readonly kind: 'text'; readonly max?: number }
  | { readonly kind: 'one'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly max: number }
  | { readonly kind: 'email' | 'url'; readonly max: number }
  | { readonly kind: 'boolean' | 'dateTime' | 'hash' };

/** An element without `text` and `children` is empty. */
export interface ElementRule {
  readonly name: string;
  readonly required?: boolean;
  readonly repeats?: boolean;
  /** The request field that it comes from. */
  readonly asked?: string | undefined;
  /** All of them are required. */
  readonly attributes?: Readonly<Record<string, TextRule>>;
  readonly text?: TextRule;
  /** In the order of the schema. */
  readonly children?: readonly ElementRule[];
}
