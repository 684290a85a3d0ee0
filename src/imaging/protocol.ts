/** What service process and imaging process say to each other: `{id, bytes}` down, `{id, result}` up, and one `{ready}` before. */
import {
  type DecodedFormat,
  decodedFormats,
  type ImageLimits,
  type ImageResult,
  type Refusal,
  refusals,
} from '../../native-free-workers/image-result.js';
import { type Blockhash, hexLength, orientations, type Pdq } from '../domain/hash.js';

export type { DecodedFormat, ImageLimits };

export interface Task {
  readonly id: number;
  readonly bytes: Uint8Array;
}

export type Answer = { readonly ready: true } | { readonly id: number; readonly result: ImageResult };

/** The hashes of one image. */
export interface ImageHashes {
  /** Eight hashes in the order of `orientations`; the first is of the image as a viewer shows it. */
  readonly pdq: readonly Pdq[];
  /** PDQ quality, 0-100; one for all orientations. */
  readonly quality: number;
  readonly blockhash: Blockhash;
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

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isHex = (value: unknown): value is string =>
  typeof value === 'string' && value.length === hexLength.pdq && /^[0-9a-f]+$/.test(value);
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

function parseHashes({ pdq, quality, blockhash, width, height, format: name }: Fields): ImageHashes | undefined {
  const format = decodedFormats.find((known) => known === name);
  if (!Array.isArray(pdq) || pdq.length !== orientations.length || !pdq.every(isHex) || !isHex(blockhash)) return undefined;
  if (!isCount(quality) || quality > 100 || !isCount(width) || !isCount(height) || !format) return undefined;
  // Parsed just above: the one place where text becomes these brands on this border.
  return { pdq: pdq as unknown as Pdq[], quality, blockhash: blockhash as unknown as Blockhash, width, height, format };
}
