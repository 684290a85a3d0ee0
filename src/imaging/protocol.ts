/**
 * Messages between the service and the imaging process: `{id, bytes, purpose}` down; one `{ready}` up, and then `{started}` and
 * `{id, result}` for each image.
 */
import {
  type DecodedFormat,
  decodedFormats,
  type ImageResult,
  type ImageSettings,
  type ImageTask,
  type LookedFrames,
  type Purpose,
  type Refusal,
  refusals,
  type VariantHashes,
  type VariantView,
} from '../../native-free-workers/image-task.js';
import { hexLength } from '../domain/algorithms/registry.js';
import { type Blockhash, orientations, type Pdq, variantName } from '../domain/hash.js';

export type { DecodedFormat, ImageSettings, LookedFrames, Purpose };

export interface Task extends ImageTask {
  readonly id: number;
}

/** `started` is the id of the image that is decoded next. */
type Notice = { readonly ready: true } | { readonly started: number };

export type Answer = Notice | { readonly id: number; readonly result: ImageResult };

export interface ImageHashes {
  /** `full` first. */
  readonly pdq: readonly VariantHashes<Pdq>[];
  /** In the order of `orientations`; empty if degenerate. */
  readonly blockhash: readonly Blockhash[];
  /** As a viewer shows the image, before normalisation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
  readonly frames: LookedFrames;
  /** The file is damaged. The hashes are those of what viewers still show. */
  readonly truncated: boolean;
}

/** A flat image still has hashes, which must not be matched. */
export type Unscannable =
  | { readonly unscannable: Refusal | 'timeout' | 'decoder_crashed' }
  | (ImageHashes & { readonly unscannable: 'flat' });

export type UnscannableReason = Unscannable['unscannable'];

export type ImagingResult = ImageHashes | Unscannable;

export type ParsedAnswer = Notice | { readonly id: number; readonly result: ImagingResult };

/** More than any image has: 60 frames and their variants. */
const maxVariants = 256;

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isHex = (value: unknown): value is string =>
  typeof value === 'string' && value.length === hexLength('pdq') && /^[0-9a-f]+$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Undefined for anything else than a well-formed answer, because an attacker may control the decoder. */
export function parseAnswer(message: unknown): ParsedAnswer | undefined {
  if (!isObject(message)) return undefined;
  if (message.ready === true) return { ready: true };
  if (isCount(message.started)) return { started: message.started };
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

function parseHashes({
  pdq,
  blockhash: blocks,
  width,
  height,
  format: name,
  frames: count,
  truncated,
}: Fields): ImageHashes | undefined {
  const format = decodedFormats.find((known) => known === name);
  const variants = Array.isArray(pdq) && pdq.length <= maxVariants ? pdq.map(parseVariant) : [];
  const blockhash = Array.isArray(blocks) && blocks.length === 0 ? [] : parseOrientations<Blockhash>(blocks);
  const frames = parseFrames(count);
  if (!frames || typeof truncated !== 'boolean') return undefined;
  if (!isCount(width) || !isCount(height) || !format || !blockhash || variants.length === 0) return undefined;
  const parsed = variants.filter((variant) => variant !== undefined);
  return parsed.length === variants.length ? { pdq: parsed, blockhash, width, height, format, frames, truncated } : undefined;
}

function parseFrames(value: unknown): LookedFrames | undefined {
  if (!isObject(value) || !isCount(value.looked) || !isCount(value.of) || value.looked > value.of) return undefined;
  return { looked: value.looked, of: value.of };
}

function parseVariant(value: unknown): VariantHashes<Pdq> | undefined {
  if (!isObject(value)) return undefined;
  const { variant, quality } = value;
  const hashes = parseOrientations<Pdq>(value.hashes, true);
  if (typeof variant !== 'string' || !variantName.test(variant) || !isCount(quality) || quality > 100) return undefined;
  if (!hashes) return undefined;
  if (value.view === undefined) return { variant, quality, hashes };
  const view = parseView(value.view);
  return view && { variant, quality, hashes, view };
}

function parseView(value: unknown): VariantView | undefined {
  if (!isObject(value)) return undefined;
  const { left, top, right, bottom, tilt } = value;
  if (![left, top, right, bottom, tilt].every((one) => typeof one === 'number' && Math.abs(one) <= 360)) return undefined;
  const view = { left, top, right, bottom, tilt } as VariantView;
  return view.left < view.right && view.top < view.bottom ? view : undefined;
}

function parseOrientations<Hash extends string>(hashes: unknown, allowsUprightOnly = false): Hash[] | undefined {
  const isWhole =
    Array.isArray(hashes) &&
    (hashes.length === orientations.length || (allowsUprightOnly && hashes.length === 1)) &&
    hashes.every(isHex);
  return isWhole ? (hashes as string[] as Hash[]) : undefined;
}
