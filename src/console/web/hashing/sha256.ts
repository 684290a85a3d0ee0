/** SHA-256 (FIPS 180-4). Pages without HTTPS have no `crypto.subtle`, and proof of work needs an answer without a promise. */

/** Lower-case hex. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = crypto.subtle ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)) : sha256(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The first 32 bits of the fractions of the square and cube roots of the first primes. */
const primes = firstPrimes(64);
const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32);
const rounds = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const start = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const tail = new Uint8Array(bytes.length + 9 > 64 ? 128 : 64);
  const whole = Math.max(0, blocks - tail.length / 64);
  const view = new DataView(tail.buffer);
  tail.set(bytes.subarray(whole * 64));
  tail[bytes.length - whole * 64] = 0x80;
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(tail.length - 4, (bytes.length * 8) >>> 0);
  const state = Uint32Array.from(start);
  const body = new DataView(bytes.buffer, bytes.byteOffset);
  for (let block = 0; block < whole; block++) compress(state, body, block * 64);
  for (let at = 0; at < tail.length; at += 64) compress(state, view, at);
  const digest = new DataView(new ArrayBuffer(32));
  for (const [at, word] of state.entries()) digest.setUint32(at * 4, word);
  return new Uint8Array(digest.buffer);
}

const words = new Uint32Array(64);
const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function compress(state: Uint32Array, block: DataView, from: number): void {
  for (let t = 0; t < 16; t++) words[t] = block.getUint32(from + t * 4);
  for (let t = 16; t < 64; t++) {
    const [x, y] = [words[t - 15] ?? 0, words[t - 2] ?? 0];
    const low = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const high = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    words[t] = (words[t - 16] ?? 0) + low + (words[t - 7] ?? 0) + high;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t++) {
    const mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + mixed + ((e & f) ^ (~e & g)) + (rounds[t] ?? 0) + (words[t] ?? 0)) | 0;
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] ?? 0) + word;
}
