import { availableParallelism } from 'node:os';
import type { ImageSettings } from './protocol.js';

/** `native`: sharp's native build. `wasm`: its WebAssembly build, in a process that loads no native module at all. */
export const decoders = ['native', 'wasm'] as const;
export type Decoder = (typeof decoders)[number];

export interface ImagingOptions {
  /** Default: native. */
  readonly decoder?: Decoder | undefined;
  /** Imaging processes; default: one a core. Each takes 80 MB resident, 130 after photographs, 340 after images of 20 MB (measured). */
  readonly children?: number | undefined;
  /** Milliseconds an image may be in the decoder; default 5 000. Then its child is killed. */
  readonly deadlineMs?: number | undefined;
  /** MiB an image may add to the memory of its child; default 1 024, for which 48 megapixels in AVIF are just small enough. Linux only. */
  readonly memoryMb?: number | undefined;
  /** Images that may wait for a child; default 256. */
  readonly queueLimit?: number | undefined;
  /** Width times height of a frame; default 100 million. */
  readonly maxPixels?: number | undefined;
  /** Frames of an animation, pages of a TIFF; default 1 000. */
  readonly maxFrames?: number | undefined;
  /** Variants hashed beside the whole image; default `default`. */
  readonly variants?: ImageSettings['variants'] | undefined;
  /** Milliseconds `close()` lets waiting images finish; default 10 000. */
  readonly drainMs?: number | undefined;
  readonly log?: ImagingLog | undefined;
}

/** The part of a pino logger that is used. */
export interface ImagingLog {
  warn(details: object, message: string): void;
}

/** All options, each with its value. */
export type ImagingSettings = { readonly [Name in Exclude<keyof ImagingOptions, 'log'>]: NonNullable<ImagingOptions[Name]> };

/** Fills in the defaults. */
export function complete(options: ImagingOptions): ImagingSettings {
  return {
    decoder: options.decoder ?? 'native',
    children: options.children ?? availableParallelism(),
    deadlineMs: options.deadlineMs ?? 5_000,
    memoryMb: options.memoryMb ?? 1_024,
    queueLimit: options.queueLimit ?? 256,
    maxPixels: options.maxPixels ?? 100_000_000,
    maxFrames: options.maxFrames ?? 1_000,
    variants: options.variants ?? 'default',
    drainMs: options.drainMs ?? 10_000,
  };
}
