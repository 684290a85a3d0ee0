import { useWords } from '../language/language.ts';
import { homeWords } from './words.ts';

/** The code that does what the page does, with the hashes that were pasted. */
export function CodeSamples({ hashes }: { readonly hashes: string | undefined }) {
  const words = useWords(homeWords);
  return (
    <section class="card stack">
      <h2>{words.code}</h2>
      {[
        ['curl', curlOf(hashes)],
        ['TypeScript', typeScriptOf(hashes)],
      ].map(([name, code]) => (
        <div key={name} class="stack tight">
          <h3>{name}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus. */}
          <section class="scroll" tabIndex={0} aria-label={name}>
            <pre>
              <code>{code}</code>
            </pre>
          </section>
        </div>
      ))}
    </section>
  );
}

function curlOf(hashes: string | undefined): string {
  const head = `curl "${location.origin}/v1/match" -H "Authorization: Bearer $VIGIE_KEY" \\\n  `;
  if (hashes === undefined) return `${head}-H "Content-Type: image/jpeg" --data-binary @photo.jpg`;
  return `${head}-H "Content-Type: application/json" -d '${JSON.stringify({ hashes: JSON.parse(hashes) })}'`;
}

function typeScriptOf(hashes: string | undefined): string {
  const given = hashes === undefined ? 'upload' : JSON.stringify({ hashes: JSON.parse(hashes) });
  return `import { isHidden, mustRemove, Vigie } from 'vigie-client';

const vigie = new Vigie({ url: '${location.origin}', key: process.env.VIGIE_KEY });

const result = await vigie.match(${given});
if (mustRemove(result)) await takeDown(upload);
else if (isHidden(result)) await holdForReview(upload);
else await publish(upload);`;
}
