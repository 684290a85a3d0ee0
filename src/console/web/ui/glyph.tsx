import { useWords } from '../language/language.ts';
import { uiWords } from './words.ts';

const side = 7;
const half = Math.ceil(side / 2);

/**
 * A mirrored pattern that lets people recognise an entry at sight. `fingerprint`: 64 hexadecimal digits of a keyed HMAC, from which
 * nothing can be rebuilt.
 */
export function Glyph({ fingerprint, size = 56 }: { readonly fingerprint: string; readonly size?: number }) {
  const words = useWords(uiWords);
  const bytes = Array.from({ length: fingerprint.length / 2 }, (_, index) =>
    Number.parseInt(fingerprint.slice(index * 2, index * 2 + 2), 16),
  );
  const tone = (bytes[31] ?? 0) % 5;
  const cells = Array.from({ length: side * side }, (_, index) => ({ x: index % side, y: Math.floor(index / side) })).filter(
    ({ x, y }) => ((bytes[y * half + Math.min(x, side - 1 - x)] ?? 0) & 1) === 1,
  );
  return (
    <svg
      width={size}
      height={size}
      viewBox={`-1 -1 ${side + 2} ${side + 2}`}
      role="img"
      aria-label={words.fingerprint}
      class="glyph"
    >
      <title>{words.fingerprint}</title>
      {cells.map(({ x, y }) => (
        <rect key={`${x}-${y}`} class={`bar tone-${tone}`} x={x} y={y} width="1.02" height="1.02" />
      ))}
    </svg>
  );
}
