import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientTypes, clientTypesFile } from '../../src/build/client-types.js';
import { declarationOf } from '../../src/build/schema-text.js';
import { packageRoot } from '../../src/package-root.js';

it('the types of the client are those of the OpenAPI document; if not: npm run client:types', async () => {
  expect(readFileSync(join(packageRoot(), clientTypesFile), 'utf8')).toBe(await clientTypes());
});

it.each([
  [{ type: 'string', enum: ['a', 'b'] }, "export type It = 'a' | 'b';\n"],
  [{ type: ['integer', 'null'] }, 'export type It = number | null;\n'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, 'export type It = readonly (string | null)[];\n'],
  [{ type: 'object', properties: { a: { const: true } } }, 'export interface It {\n  readonly a?: true | undefined;\n}\n'],
  [
    { type: 'object', additionalProperties: { type: 'string' } },
    'export interface It {\n  readonly [name: string]: string | undefined;\n}\n',
  ],
  [{}, 'export type It = unknown;\n'],
])('writes the schema %j', (schema, text) => {
  expect(declarationOf('It', schema, new Map())).toBe(text);
});

it('refuses a schema that it cannot write', () => {
  expect(() => declarationOf('It', { type: 'tuple' }, new Map())).toThrow(/no TypeScript for the schema type tuple/);
});
