import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';
import type { ContentPatch, HmaMetadata } from '../../service/hma/content-curation.js';

const maxNote = 255;
const maxYears = 5;
const maxMetadataChars = 64 * 1_024;
/** Printing it takes a part of the stack for each level. */
const maxMetadataLevels = 100;
const secondsPerYear = 365 * 24 * 3_600;

const metadataSchema = z.strictObject({
  content_id: z.string().max(1_000).optional(),
  content_uri: z.string().max(4_000).optional(),
  json: z.record(z.string(), z.unknown()).optional(),
  /** Dropped, as in HMA. */
  collab: z.unknown().optional(),
});

/** @throws VigieError `bad_request`. */
export function metadataOf(value: unknown): HmaMetadata | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw refusal('metadata should be a json object');
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refusal(`Invalid metadata: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`);
  }
  const { collab: _, ...metadata } = parsed.data;
  return storable(metadata);
}

/** Checked before the content is added, which would stay if its description were refused. @throws VigieError `bad_request`. */
function storable(metadata: HmaMetadata): HmaMetadata {
  if (isDeeper(metadata, maxMetadataLevels)) throw refusal(`Invalid metadata: more than ${maxMetadataLevels} levels`);
  const printed = JSON.stringify(metadata);
  if (printed.length > maxMetadataChars) throw refusal(`Invalid metadata: more than ${maxMetadataChars} characters`);
  if (unstorable.test(printed)) throw refusal('Invalid metadata: NUL or an unpaired surrogate in a text');
  return metadata;
}

/** NUL and unpaired surrogates, as JSON prints them. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1));
}

/** @throws VigieError `bad_request`. */
export function metadataInText(text: string | undefined): HmaMetadata | undefined {
  if (text === undefined || text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal('metadata form field must be valid JSON');
  }
  return metadataOf(value);
}

/** One client puts it into the query, where HMA ignores it. What is no metadata of HMA is kept as `json`. */
export function metadataInQuery(
  id: string | undefined,
  uri: string | undefined,
  text: string | undefined,
): HmaMetadata | undefined {
  if (!id && !uri && !text) return undefined;
  return storable({ ...metadataOrJson(text), ...(id && { content_id: id }), ...(uri && { content_uri: uri }) });
}

function metadataOrJson(text: string | undefined): HmaMetadata | undefined {
  try {
    return metadataInText(text);
  } catch {
    const value = z.record(z.string(), z.unknown()).safeParse(parsedOrNull(text ?? ''));
    return value.success ? { json: value.data } : { json: { metadata: text } };
  }
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Empty text and null clear it. @throws VigieError `bad_request`. */
export function noteOf(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw refusal('note should be a string');
  if ([...value].length > maxNote) throw refusal(`note must be at most ${maxNote} characters`);
  if (value.includes('\0')) throw refusal('note must not contain NUL');
  return value;
}

/** Of a PUT. @throws VigieError `bad_request`. */
export function contentPatchOf(body: Readonly<Record<string, unknown>>, now: number): ContentPatch {
  return { disabledUntil: disabledUntilOf(body.disable_until_ts, now), note: noteOf(body.note) };
}

function disabledUntilOf(value: unknown, now: number): number | undefined {
  if (value === undefined) return undefined;
  const isWhole =
    typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d{1,15}$/.test(value);
  if (!isWhole) throw refusal(`Invalid int: '${String(value).slice(0, 40)}'`);
  const seconds = Number(value);
  if (seconds < 0) throw refusal('disable_until_ts must be a non-negative integer');
  if (seconds > now / 1_000 + maxYears * secondsPerYear)
    throw refusal(`disable_until_ts must be less than ${maxYears} years in the future`);
  return seconds;
}

function refusal(detail: string): VigieError {
  return new VigieError('bad_request', detail);
}
