const riff = Buffer.from('RIFF');
/** 'RIFF', the size of what follows (u32, little endian), 'WEBP'. */
const headerBytes = 12;

/** The WebP files inside another file, such as a Qt resource file (.rcc), which stores them as they are. Views of `bytes`. */
export function webpFilesIn(bytes: Buffer, minBytes: number): Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf(riff); at >= 0; at = bytes.indexOf(riff, at + riff.length)) {
    if (at + headerBytes > bytes.length || bytes.toString('latin1', at + 8, at + headerBytes) !== 'WEBP') continue;
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    if (end - at >= minBytes && end <= bytes.length) found.push(bytes.subarray(at, end));
  }
  return found;
}
