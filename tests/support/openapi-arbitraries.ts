/** Random values for the JSON schemas of the OpenAPI document, most of them valid, some of them hostile. */
import fc from 'fast-check';
import { z } from 'zod';

export interface JsonSchema {
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly items?: JsonSchema | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly allOf?: readonly JsonSchema[] | undefined;
}

export const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    maxLength: z.number().optional(),
    items: jsonSchema.optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    required: z.array(z.string()).optional(),
    anyOf: z.array(jsonSchema).optional(),
    oneOf: z.array(jsonSchema).optional(),
    allOf: z.array(jsonSchema).optional(),
  }),
);

/** At the edges of what JavaScript and PostgreSQL take as a time. */
const oddTimes = ['2027-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00Z', '2027-02-30'] as const;
const oddCursors = [
  '+275760-09-13T00:00:00.000Z x',
  '-271821-04-20T00:00:00.000Z x',
  '-271822-01-01T00:00:00.000Z x',
  '-000001-01-01T00:00:00Z x',
] as const;

/** What found faults before, and what usually does. */
const hostile: readonly unknown[] = [
  ...['', ' ', '\0', '\ud800', '\u202e', '%00', "'", '../..', 'x'.repeat(10_000), '__proto__', 'null', '[]'],
  ...oddTimes,
  ...oddCursors,
  ...[`ent_${'0'.repeat(32)}`, `ent_${'g'.repeat(32)}`],
  ...[-1, 0, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 2 ** 63, null, true, [], [[]], {}, { length: 1 }],
];

export function valuesOf(schema: JsonSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: validOf(schema, known) }, { weight: 1, arbitrary: fc.constantFrom(...hostile) });
}

function validOf(schema: JsonSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  const { anyOf, oneOf, allOf } = schema;
  const branches = anyOf ?? oneOf;
  if (branches) return fc.oneof(...branches.map((branch) => valuesOf(branch, known)));
  if (allOf) return validOf(Object.assign({}, ...allOf), known);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const [type] = [schema.type ?? []].flat();
  switch (type) {
    case 'object':
      return objectOf(schema, known);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, known), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
    case 'number':
      return fc.integer({ min: clamp(schema.minimum ?? -10), max: clamp(schema.maximum ?? 100_000) });
    case 'string':
      return textOf(schema, known);
    default:
      return fc.anything();
  }
}

const clamp = (value: number) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value)));

function objectOf({ properties = {}, required = [] }: JsonSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valuesOf(one, known)]));
  return fc.record(model, { requiredKeys: required.filter((name) => name in model) });
}

function textOf({ format, pattern, maxLength = 50 }: JsonSchema, known: readonly string[]): fc.Arbitrary<string> {
  const free = fc.oneof(fc.string({ maxLength: Math.min(maxLength, 50) }), fc.string({ unit: 'binary', maxLength: 20 }));
  const names = fc.constantFrom(...known);
  if (format === 'date-time')
    return fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.constantFrom(...oddTimes),
    );
  if (format === 'date') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
  if (format === 'uuid') return fc.uuid();
  const fitting = pattern === undefined ? names : matching(pattern, free);
  return fc.oneof({ weight: 3, arbitrary: fitting }, names, free, fc.constantFrom(...oddCursors));
}

/** fast-check knows no classes such as `\P{Cc}`. */
function matching(pattern: string, otherwise: fc.Arbitrary<string>): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return otherwise;
  }
}
