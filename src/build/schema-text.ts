/** Writes JSON schemas as TypeScript, for the part of JSON Schema that the OpenAPI document of Vigie uses. */

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** Types that other types may name, by the JSON of their schema. */
export type Names = ReadonlyMap<string, string>;

/** Biome's, so that the text is formatted. */
const maxColumns = 130;

/** The same for schemas that differ in description and default only. */
export function identityOf({ description: _, default: __, ...schema }: Schema): string {
  return JSON.stringify(schema);
}

/** @throws if the schema uses what this writer does not know. */
export function declarationOf(name: string, schema: Schema, names: Names): string {
  const others: Names = new Map([...names].filter(([, other]) => other !== name));
  const comment = commentOf(schema, '');
  if (isPlainObject(schema)) return `${comment}export interface ${name} ${textOf(schema, others, '')}\n`;
  return `${comment}${wrapped(`export type ${name} = `, textOf(schema, others, ''), '')}`;
}

function isPlainObject({ type, anyOf, oneOf }: Schema): boolean {
  return type === 'object' && anyOf === undefined && oneOf === undefined;
}

function textOf(schema: Schema, names: Names, indent: string): string {
  const name = names.get(identityOf(schema));
  if (name !== undefined) return name;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return unionOf(alternatives.map((one) => textOf(one, names, indent)));
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return unionOf(schema.enum.map(literal));
  if (typeof schema.type === 'object') return unionOf(schema.type.map((type) => textOf({ ...schema, type }, names, indent)));
  return ofType(schema, names, indent);
}

function ofType(schema: Schema, names: Names, indent: string): string {
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return schema.type;
    case 'integer':
      return 'number';
    case 'array':
      return `readonly ${bracketed(textOf(schema.items ?? {}, names, indent))}[]`;
    case 'object':
      return objectOf(schema, names, indent);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no TypeScript for the schema type ${schema.type}: add it to src/build/schema-text.ts`);
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, names: Names, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const isRequired = required.includes(name);
    const head = `${inner}readonly ${keyOf(name)}${isRequired ? '' : '?'}: `;
    const text = textOf(schema, names, inner);
    // A type of several lines gets a name in client-types.ts if callers fill it in.
    const full = isRequired || text.includes('\n') ? text : unionOf([text, 'undefined']);
    return `${commentOf(schema, inner)}${wrapped(head, full, inner)}`;
  });
  if (additionalProperties && typeof additionalProperties === 'object') {
    const rest = textOf(additionalProperties, names, inner);
    lines.push(`${inner}readonly [name: string]: ${unionOf([rest, 'undefined'])};\n`);
  }
  return `{\n${lines.join('')}${indent}}`;
}

/** A union that is too long has one line per member. */
function wrapped(head: string, text: string, indent: string): string {
  const line = `${head}${text};\n`;
  const members = text.split(' | ');
  if (line.length <= maxColumns + 1 || text.includes('\n') || members.length === 1) return line;
  return `${head.trimEnd()}\n${members.map((member) => `${indent}  | ${member}`).join('\n')};\n`;
}

function unionOf(texts: readonly string[]): string {
  return [...new Set(texts.flatMap((text) => (text.includes('\n') ? [text] : text.split(' | '))))].join(' | ');
}

function bracketed(text: string): string {
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text;
}

function literal(value: string | number | boolean): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function keyOf(name: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(name) ? name : literal(name);
}

function commentOf({ description }: Schema, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description.replaceAll('*/', '*\\/')} */\n`;
}
