/** The kinds of fields in a CyberTipline report. */
import { z } from 'zod';
import { hexLength } from '../algorithms/registry.js';
import { momentSchema } from '../moment.js';
import { hashTypes } from './cybertip-names.js';
import type { ElementRule, TextRule } from './element-rule.js';
import { type About, askedPath, describe, type Field, type Fields, optional, published, requestShape } from './request-fields.js';
import { element, textElement, type XmlElement } from './xml.js';

export interface ElementField<Schema extends z.ZodType | null = z.ZodType | null, Value = unknown> extends Field<Schema> {
  readonly rule: ElementRule;
  /** Neighbours with the same wrapper share this required element. */
  readonly wrapper: string | undefined;
  readonly fields?: ElementFields;
  write(value: Value): (XmlElement | undefined)[];
}

export type ElementFields = Fields<ElementField>;
type Facts = Readonly<Record<string, unknown>>;

interface Options extends About {
  readonly repeats?: boolean;
}

/** Above all limits in the rules, so that the rules name the limit. */
const anyText = z.string().max(50_000, 'must have at most 50000 characters');
const anyTime = momentSchema('must be a time with its zone, such as 2026-11-23T12:00:00Z');

/** `Upload` as `upload`, `csamSolicitation` as `csam_solicitation`. */
const snakeCase = (name: string) =>
  name
    .replace(/\s*\(.*\)/, '')
    .replaceAll(' ', '_')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase();

/** Reads `wrapper/name`, or `name` alone. */
function placed(path: string): { readonly name: string; readonly wrapper: string | undefined } {
  const [name = path, wrapper] = path.split('/').reverse();
  return { name, wrapper };
}

function leaf<Schema extends z.ZodType>(path: string, schema: Schema, rule: TextRule, options: Options = {}) {
  const { name, wrapper } = placed(path);
  const { required = false, repeats = false } = options;
  const max = rule.kind === 'text' || rule.kind === 'email' || rule.kind === 'url' ? rule.max : undefined;
  return {
    schema: optional(schema, options, max),
    rule: { name, required, repeats, text: rule },
    wrapper,
    write: (value: z.output<Schema>) => [textElement(name, value instanceof Date ? xmlTime(value) : String(value))],
  };
}

export const text = (path: string, max?: number, options?: Options) =>
  leaf(path, anyText, max === undefined ? { kind: 'text' } : { kind: 'text', max }, options);
export const email = (path: string, max: number, options?: Options) => leaf(path, anyText, { kind: 'email', max }, options);
export const url = (path: string, max: number, options?: Options) => leaf(path, anyText, { kind: 'url', max }, options);
export const time = (path: string, options?: Options) => leaf(path, anyTime, { kind: 'dateTime' }, options);
export const boolean = (path: string, options?: Options) => leaf(path, z.boolean(), { kind: 'boolean' }, options);
export const integer = (path: string, max: number, options?: Options) =>
  leaf(path, z.number().int().min(1).max(max), { kind: 'integer', max }, options);
export const one = (path: string, values: readonly string[], options?: Options) =>
  leaf(path, published(values, snakeCase), { kind: 'one', values }, options);
/** The other fields say nothing without it. */
export function ipAddress(path: string) {
  const schema = z.union([z.ipv4(), z.ipv6()], 'must be an IP address');
  return { ...leaf(path, schema, { kind: 'text', max: 45 }, { required: true }), schema: describe(schema, { required: true }) };
}

/** One element per text. */
export function texts(path: string, max: number, options: About = {}) {
  const single = text(path, max, { repeats: true });
  return {
    ...single,
    schema: optional(z.array(anyText.describe(`At most ${max} characters.`)).max(100), options),
    write: (values: readonly string[]) => values.flatMap((value) => single.write(value)),
  };
}

/** Empty elements, in the order of the schema. */
export function flags(path: string, known: readonly string[], options: About = {}) {
  const { name, wrapper } = placed(path);
  return {
    schema: optional(z.array(published(known, snakeCase)), options),
    rule: { name, children: known.map((flag) => ({ name: flag })) },
    wrapper,
    write: (said: readonly string[]) => {
      const found = known.filter((flag) => said.includes(flag)).map((flag) => element(flag));
      return found.length > 0 ? [element(name, found)] : [];
    },
  };
}

function digest(algorithm: 'md5' | 'sha1' | 'sha256') {
  const digits = hexLength(algorithm);
  return z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `must be ${digits} hexadecimal digits`)
    .transform((hex) => hex.toLowerCase())
    .optional();
}

/** One element per digest. */
export function digests(path: string, options: About = {}) {
  const { name, wrapper } = placed(path);
  const schema = z.strictObject({ md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256') });
  const hashType: TextRule = { kind: 'one', values: Object.keys(hashTypes) };
  const hash: TextRule = { kind: 'hash' };
  return {
    schema: optional(schema, options),
    rule: { name, repeats: true, attributes: { hashType }, text: hash },
    wrapper,
    write: ({ md5, sha1, sha256 }: z.output<typeof schema>) =>
      Object.entries({ MD5: md5, SHA1: sha1, SHA256: sha256 }).map(([type, hex]) =>
        hex === undefined ? undefined : element(name, hex, { hashType: type }),
      ),
  };
}

/** `required`: the draft always has the element. */
export function group<Table extends ElementFields>(path: string, fields: Table, options: Options = {}) {
  const { name, wrapper } = placed(path);
  const { required = false, repeats = false, about } = options;
  return {
    schema: optional(z.strictObject(requestShape(fields)), about === undefined ? {} : { about }),
    rule: { name, required, repeats },
    wrapper,
    fields,
    write: (facts: Facts) => [element(name, elementsOf(fields, facts))],
  };
}

/** One element per group. */
export function groups<Table extends ElementFields>(path: string, fields: Table, options: About = {}) {
  const single = group(path, fields, { repeats: true });
  return {
    ...single,
    schema: optional(z.array(single.schema.unwrap()).max(100), options),
    write: (all: readonly Facts[]) => all.flatMap((facts) => single.write(facts)),
  };
}

/** In the order of the table. */
export function elementsOf(fields: ElementFields, facts: Facts): XmlElement[] {
  return inWrappers(
    Object.entries(fields).map(([key, field]) => {
      const value = facts[key];
      const written = value === undefined ? [] : field.write(value);
      return [field.wrapper, written.filter((one) => one !== undefined)] as const;
    }),
    (name, children) => element(name, children),
  );
}

/** `path` leads to the table in the request. */
export function rulesOf(fields: ElementFields, path = ''): ElementRule[] {
  return inWrappers(
    Object.entries(fields).map(([name, field]) => {
      const asked = askedPath(path, name, field);
      const children = field.fields ? rulesOf(field.fields, asked) : field.rule.children;
      return [field.wrapper, [{ ...field.rule, asked, ...(children && { children }) }]] as const;
    }),
    (name, children): ElementRule => ({ name, required: true, children }),
  );
}

function inWrappers<Child>(
  placed: readonly (readonly [wrapper: string | undefined, children: readonly Child[]])[],
  wrap: (name: string, children: readonly Child[]) => Child,
): Child[] {
  const wrappers = [...new Set(placed.map(([wrapper]) => wrapper))];
  return wrappers.flatMap((wrapper) => {
    const children = placed.flatMap(([name, rows]) => (name === wrapper ? rows : []));
    return wrapper === undefined ? children : [wrap(wrapper, children)];
  });
}

function xmlTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
