import { availableParallelism } from 'node:os';
import type { ImageSettings } from './protocol.js';

/** sharp's native build, or its WebAssembly build in a process without native modules. */
export const decoders = ['native', 'wasm'] as const;
export type Decoder = (typeof decoders)[number];

export interface ImagingOptions {
  readonly decoder?: Decoder | undefined;
  /** One per core by default. Each takes 80 MB, 130 after photographs, 340 after images of 20 MB (measured). */
  readonly children?: number | undefined;
  /** Per image. Then the child is killed. */
  readonly deadlineMs?: number | undefined;
  /** MiB that an image may add to the memory of its child: 48 megapixels in AVIF just fit into the default. Linux only. */
  readonly memoryMb?: number | undefined;
  readonly queueLimit?: number | undefined;
  /** Width times height of a frame. */
  readonly maxPixels?: number | undefined;
  /** Frames of an animation or pages of a TIFF. */
  readonly maxFrames?: number | undefined;
  readonly formatsOff?: ImageSettings['formatsOff'] | undefined;
  readonly variants?: ImageSettings['variants'] | undefined;
  /** How long `close()` waits for images. */
  readonly drainMs?: number | undefined;
  readonly log?: ImagingLog | undefined;
}

export interface ImagingLog {
  warn(details: object, message: string): void;
}

export type ImagingSettings = { readonly [Name in Exclude<keyof ImagingOptions, 'log'>]: NonNullable<ImagingOptions[Name]> };

export function withDefaults(options: ImagingOptions): ImagingSettings {
  return {
    decoder: options.decoder ?? 'native',
    children: options.children ?? availableParallelism(),
    deadlineMs: options.deadlineMs ?? 5_000,
    memoryMb: options.memoryMb ?? 1_024,
    queueLimit: options.queueLimit ?? 256,
    maxPixels: options.maxPixels ?? 100_000_000,
    maxFrames: options.maxFrames ?? 1_000,
    formatsOff: options.formatsOff ?? [],
    variants: options.variants ?? 'default',
    drainMs: options.drainMs ?? 10_000,
  };
}
