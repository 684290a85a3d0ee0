/** What service process and imaging process say to each other: `{id, bytes, purpose}` down, `{id, result}` up, and one `{ready}` before. */
import {
  type DecodedFormat,
  decodedFormats,
  type ImageResult,
  type ImageSettings,
  type ImageTask,
  type Purpose,
  type Refusal,
  refusals,
  type VariantHashes,
} from '../../native-free-workers/image-task.js';
import { hexLength } from '../domain/algorithms/registry.js';
import { type Blockhash, orientations, type Pdq, variantName } from '../domain/hash.js';

export type { DecodedFormat, ImageSettings, Purpose };

export interface Task extends ImageTask {
  readonly id: number;
}

export type Answer = { readonly ready: true } | { readonly id: number; readonly result: ImageResult };

/** The hashes of one image. */
export interface ImageHashes {
  /** At least one, `full` (the image as a viewer shows it) first. */
  readonly pdq: readonly VariantHashes<Pdq>[];
  /** Eight, in the same order; none when they would say nothing. */
  readonly blockhash: readonly Blockhash[];
  /** Pixels as a viewer shows them, before normalisation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

/** Why an image has no hashes to match. A flat one (quality under 50) still tells what was computed. */
export type Unscannable =
  | { readonly unscannable: Refusal | 'timeout' | 'decoder_crashed' }
  | (ImageHashes & { readonly unscannable: 'flat' });

export type UnscannableReason = Unscannable['unscannable'];

export type ImagingResult = ImageHashes | Unscannable;

/** An answer after parsing. */
export type Parsed = { readonly ready: true } | { readonly id: number; readonly result: ImagingResult };

/** Far more than are ever made of one image: a bound for what a decoder that was taken over can send. */
const maxVariants = 128;

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isHex = (value: unknown): value is string =>
  typeof value === 'string' && value.length === hexLength('pdq') && /^[0-9a-f]+$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * Reads a message of an imaging process. Undefined for anything but a well-formed answer: a decoder that was taken over can say what
 * it likes, so this is the border where its words are parsed, and nothing behind it looks again.
 */
export function parseAnswer(message: unknown): Parsed | undefined {
  if (!isObject(message)) return undefined;
  if (message.ready === true) return { ready: true };
  const result = parseResult(message.result);
  return isCount(message.id) && result ? { id: message.id, result } : undefined;
}

function parseResult(value: unknown): ImagingResult | undefined {
  if (!isObject(value)) return undefined;
  const refusal = refusals.find((reason) => reason === value.unscannable);
  if (refusal) return { unscannable: refusal };
  const hashes = parseHashes(value);
  if (value.unscannable === undefined) return hashes;
  return hashes && value.unscannable === 'flat' ? { ...hashes, unscannable: 'flat' } : undefined;
}

function parseHashes({ pdq, blockhash: blocks, width, height, format: name }: Fields): ImageHashes | undefined {
  const format = decodedFormats.find((known) => known === name);
  const variants = Array.isArray(pdq) && pdq.length <= maxVariants ? pdq.map(parseVariant) : [];
  const blockhash = Array.isArray(blocks) && blocks.length === 0 ? [] : parseTurns<Blockhash>(blocks);
  if (!isCount(width) || !isCount(height) || !format || !blockhash || variants.length === 0) return undefined;
  const parsed = variants.filter((variant) => variant !== undefined);
  return parsed.length === variants.length ? { pdq: parsed, blockhash, width, height, format } : undefined;
}

function parseVariant(value: unknown): VariantHashes<Pdq> | undefined {
  if (!isObject(value)) return undefined;
  const { variant, quality } = value;
  const hashes = parseTurns<Pdq>(value.hashes, true);
  if (typeof variant !== 'string' || !variantName.test(variant) || !isCount(quality) || quality > 100) return undefined;
  return hashes && { variant, quality, hashes };
}

/** One hash an orientation; `uprightAlone`: or only the first. The one place where text becomes these brands on this border. */
function parseTurns<Hash extends string>(hashes: unknown, uprightAlone = false): Hash[] | undefined {
  const isWhole =
    Array.isArray(hashes) &&
    (hashes.length === orientations.length || (uprightAlone && hashes.length === 1)) &&
    hashes.every(isHex);
  return isWhole ? (hashes as string[] as Hash[]) : undefined;
}
