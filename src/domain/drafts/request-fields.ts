import { z } from 'zod';

export interface Field<Schema extends z.ZodType | null = z.ZodType | null> {
  /** Null: Vigie computes the field, and a request must not contain it. */
  readonly schema: Schema;
  /** The request field that a computed field comes from. */
  readonly from?: string | undefined;
}

export type Fields<F extends Field = Field> = Readonly<Record<string, F>>;

export type RequestShape<Table> = {
  [Key in keyof Table as Table[Key] extends Field<z.ZodType> ? Key : never]: Table[Key] extends Field<infer Schema>
    ? NonNullable<Schema>
    : never;
};

export function requestShape<Table extends Fields>(table: Table): RequestShape<Table> {
  const asked = Object.entries(table).flatMap(([name, { schema }]) => (schema ? [[name, schema] as const] : []));
  // Object.fromEntries loses the types.
  return Object.fromEntries(asked) as RequestShape<Table>;
}

export function computed<F extends Field>(field: F, from?: string): Omit<F, 'schema'> & Field<null> {
  return { ...field, schema: null, from };
}

export function askedPath(group: string, name: string, { schema, from }: Field): string | undefined {
  const asked = schema === null ? from : name;
  return asked === undefined || group === '' ? asked : `${group}.${asked}`;
}

/** Texts for the API reference. */
export interface About {
  readonly about?: string;
  readonly default?: string;
  readonly required?: true;
}

/** Optional, because the rules of the draft name missing fields (422). */
export function optional<Schema extends z.ZodType>(schema: Schema, options: About, max?: number): z.ZodOptional<Schema> {
  return describe(schema, options, max).optional();
}

export function describe<Schema extends z.ZodType>(schema: Schema, options: About, max?: number): Schema {
  const { about, default: fallback, required } = options;
  const sentences = [
    about,
    fallback === undefined ? undefined : `Default: ${fallback}.`,
    required && fallback === undefined ? 'Required.' : undefined,
    max === undefined ? undefined : `At most ${max} characters.`,
  ].filter((sentence) => sentence !== undefined);
  return sentences.length > 0 ? schema.describe(sentences.join(' ')) : schema;
}

/** Accepts our spelling of a published name, and gives the published name. */
export function published(values: readonly string[], ourSpelling: (value: string) => string) {
  const byName = new Map(values.map((value) => [ourSpelling(value), value]));
  const names = [...byName.keys()];
  return z.enum(names, `must be one of ${names.join(', ')}`).transform((name) => byName.get(name) ?? name);
}
