import { sha256 } from '../hashing/sha256.ts';

addEventListener('message', ({ data: { challenge, bits } }: MessageEvent<{ challenge: string; bits: number }>) => {
  for (let attempt = 0; ; attempt++) {
    const solution = attempt.toString(36);
    if (leadingZeros(sha256(encoder.encode(challenge + solution))) < bits) continue;
    postMessage(solution);
    return;
  }
});

const encoder = new TextEncoder();

function leadingZeros(digest: Uint8Array): number {
  const first = digest.findIndex((byte) => byte !== 0);
  return first < 0 ? digest.length * 8 : first * 8 + Math.clz32(digest[first] ?? 0) - 24;
}
