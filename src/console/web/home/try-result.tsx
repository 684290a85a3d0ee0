import { Explanation } from '../console/matches/explanation.tsx';
import { MatchedEntries } from '../console/matches/told-verdict.tsx';
import { useWords } from '../language/language.ts';
import { Verdict } from '../ui/show.tsx';
import type { Tried } from './tried.ts';
import { homeWords } from './words.ts';

export function TryResult({ tried: { verdict, ms } }: { readonly tried: Tried }) {
  const words = useWords(homeWords);
  const isKnown = verdict.matches.length > 0;
  return (
    <div class="stack">
      <section class="card stack" role="status">
        <h2>{words.verdict}</h2>
        <p class="big">
          <Verdict verdict={verdict.verdict} />
        </p>
        {verdict.verdict === 'no_known_match' && <p>{words.unknownContent}</p>}
        {verdict.reason && <p>{words.unscannable(verdict.reason.replaceAll('_', ' '))}</p>}
        <p class="small soft">{words.answered(ms)}</p>
      </section>
      {isKnown && <MatchedEntries matches={verdict.matches} />}
      {isKnown && <Explanation id={verdict.requestId} />}
    </div>
  );
}
