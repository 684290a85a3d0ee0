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
  readonly asked?: string | undefined;
  /** All required. */
  readonly attributes?: Readonly<Record<string, TextRule>>;
  readonly text?: TextRule;
  /** In this order. */
  readonly children?: readonly ElementRule[];
}
