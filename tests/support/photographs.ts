import sharp, { type Sharp } from 'sharp';

/** Soft blobs over a slope, with PDQ quality 100. */
export function scene(seed: number, width = 320, height = 240): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [(at % width) / width, Math.floor(at / width) / height];
    for (let colour = 0; colour < 3; colour++) {
      const wave =
        Math.sin((15 + (seed % 7)) * x + seed) * Math.cos((14 + (seed % 5)) * y + colour) + Math.sin(30 * x * y + seed * 1.7);
      data[at * 3 + colour] = 128 + 60 * wave;
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export function jpegs(count: number, width?: number, height?: number): Promise<Buffer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, at) =>
      scene(at + 1, width, height)
        .jpeg()
        .toBuffer(),
    ),
  );
}
