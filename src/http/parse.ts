import type { z } from 'zod';
import { VigieError } from '../domain/errors.js';

/** `hashes.pdq: must be 64 hexadecimal digits; ...` */
export function explain(error: z.core.$ZodError): string {
  return error.issues.slice(0, 5).map(explainIssue).join('; ');
}

function explainIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.');
  // The branch that parsed furthest is the one that the client meant.
  if (issue.code === 'invalid_union') {
    const [best] = issue.errors.flatMap((branch) => branch.toSorted(byReach).slice(0, 1)).sort(byReach);
    if (best) return explainIssue({ ...best, path: [...issue.path, ...best.path] });
  }
  if (issue.code === 'unrecognized_keys') return `${[at, issue.keys.join(', ')].filter(Boolean).join('.')}: unknown field`;
  return `${at || 'body'}: ${issue.message}`;
}

function byReach(a: z.core.$ZodIssue, b: z.core.$ZodIssue): number {
  return b.path.length - a.path.length || Number(a.code === 'invalid_type') - Number(b.code === 'invalid_type');
}

/** @throws VigieError `bad_request`. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new VigieError('bad_request', explain(parsed.error));
  return parsed.data;
}

/** `name` stands for the text in errors. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string, name: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VigieError('bad_request', `${name}: must be JSON`);
  }
  return parse(schema, value);
}
