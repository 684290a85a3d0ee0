import type { BmpHeader } from '../../file-formats/bmp-header.js';

/** A bitmap that is being read, and the pixels that it fills. */
export interface Target {
  readonly view: DataView;
  readonly header: BmpHeader;
  readonly data: Uint8Array;
  /** Red, green and blue of each colour. Missing ones are black. */
  readonly palette: Uint8Array;
}

/** Sets one pixel to a colour of the palette. */
export function paint(data: Uint8Array, to: number, palette: Uint8Array, colour: number): void {
  for (let c = 0; c < 3; c++) data[to + c] = palette[colour * 3 + c] ?? 0;
  data[to + 3] = 255;
}
