/** Whether a file may say that its samples are not plain sRGB. A wrong `true` costs a second decoding. */
import type { BrowserFormat } from './kind-of-file.ts';

/** Names of the chunks, segments and boxes that hold a profile, a gamma or primaries. */
const marks: Readonly<Partial<Record<BrowserFormat, readonly string[]>>> = {
  jpeg: ['ICC_PROFILE\0', 'Adobe'],
  png: ['iCCP', 'cICP', 'gAMA', 'cHRM'],
  webp: ['ICCP'],
  avif: ['colrprof', 'colrrICC'],
};

/** Profiles come before the pixels. */
const searched = 512 * 1024;

export function mayHaveProfile(bytes: Uint8Array, format: BrowserFormat): boolean {
  const wanted = marks[format];
  if (!wanted) return false;
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, searched));
  return wanted.some((mark) => head.includes(mark));
}
