/** The kinds of fields in a statement of reasons. */
import { z } from 'zod';
import type { AttributeRule, Condition } from './attribute-rule.js';
import { type About, askedPath, type Field, type Fields, optional, published, requestShape } from './request-fields.js';

type Attributes = [name: string, value: string | readonly string[]][];

export interface StatementField<Schema extends z.ZodType | null = z.ZodType | null, Value = unknown> extends Field<Schema> {
  readonly attribute?: readonly [name: string, rule: AttributeRule];
  readonly fields?: StatementFields;
  write(value: Value): Attributes;
}

export type StatementFields = Fields<StatementField>;

interface Options extends About {
  readonly when?: Condition;
  readonly neverRequired?: boolean;
}

/** Above all limits in the rules, so that the rules name the limit. */
const anyText = z.string().max(20_000, 'must have at most 20000 characters');
const anyDate = z.iso.date('must be a date such as 2026-11-23');

function field<Schema extends z.ZodType<string | boolean | readonly string[]>>(
  name: string,
  schema: Schema,
  rule: AttributeRule,
  options: Options = {},
) {
  const { required, when, neverRequired } = options;
  const attribute: StatementField['attribute'] = [name, { ...rule, required, when, neverRequired }];
  return {
    schema: optional(schema, options, 'max' in rule ? rule.max : undefined),
    attribute,
    write: (value: z.output<Schema>): Attributes => [[name, typeof value === 'boolean' ? yesNo(value) : value]],
  };
}

const yesNo = (is: boolean) => (is ? 'Yes' : 'No');

/** `content_removed` for DECISION_VISIBILITY_CONTENT_REMOVED */
const named = (prefix: string, values: readonly string[]) =>
  published(values, (value) => value.slice(prefix.length).toLowerCase());

export const one = (name: string, prefix: string, values: readonly string[], options?: Options) =>
  field(name, named(prefix, values), { kind: 'one', values }, options);
export const some = (name: string, prefix: string, values: readonly string[], options?: Options) =>
  field(name, z.array(named(prefix, values)), { kind: 'some', values }, options);
export const oneOrMore = (name: string, prefix: string, values: readonly string[], options?: Options) =>
  field(name, z.array(named(prefix, values)).min(1), { kind: 'some', values }, options);
export const yesOrNo = (name: string, options?: Options) =>
  field(name, z.boolean(), { kind: 'one', values: ['Yes', 'No'] }, options);
export const date = (name: string, from: string, options?: Options) => field(name, anyDate, { kind: 'date', from }, options);
export const endDate = (name: string) => field(name, anyDate, { kind: 'date', from: '2020-01-01', after: 'application_date' });
export const text = (name: string, max: number, options?: Options) => field(name, anyText, { kind: 'text', max }, options);
export const reference = (name: string, max: number, options?: Options) =>
  field(name, anyText, { kind: 'reference', max }, options);
export const url = (name: string, max: number, options?: Options) => field(name, anyText, { kind: 'url', max }, options);

export function opaqueId(name: string, max: number, options?: Options) {
  const pattern = [/^[a-zA-Z0-9_-]+$/, 'must consist of a-z, A-Z, 0-9, - and _'] as const;
  return field(name, anyText, { kind: 'text', max, pattern }, options);
}

const twoCapitals = (standard: string) => [/^[A-Z]{2}$/, `must be an ${standard} code of two capital letters`] as const;

export function language(name: string, options: Options) {
  const pattern = twoCapitals('ISO 639-1');
  const schema = z.string().regex(...pattern);
  return { ...field(name, schema, { kind: 'text', max: 2, pattern }, options), schema: optional(schema, options) };
}

export const countryCodes = (name: string, values: readonly string[], options?: Options) =>
  field(name, z.array(z.string().regex(...twoCapitals('ISO 3166-1'))), { kind: 'some', values }, options);

export function group<Table extends StatementFields>(fields: Table, about: About = {}) {
  return {
    schema: optional(z.strictObject(requestShape(fields)), about),
    fields,
    write: (facts: Readonly<Record<string, unknown>>) => attributesOf(fields, facts),
  };
}

/** In the order of the table. */
export function attributesOf(fields: StatementFields, facts: Readonly<Record<string, unknown>>): Attributes {
  return Object.entries(fields).flatMap(([name, field]) => (facts[name] === undefined ? [] : field.write(facts[name])));
}

export type StatementRule = AttributeRule & {
  readonly asked?: string | undefined;
};

/** `path` leads to the table in the request. */
export function rulesOf(fields: StatementFields, path = ''): [attribute: string, rule: StatementRule][] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const asked = askedPath(path, name, field);
    if (field.fields) return rulesOf(field.fields, asked);
    return field.attribute ? [[field.attribute[0], { ...field.attribute[1], asked }]] : [];
  });
}
