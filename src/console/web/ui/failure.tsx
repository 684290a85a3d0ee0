import { Refusal, type ReviewState, Unreachable } from '../api/problem.ts';
import { useFormat } from '../language/format.ts';
import { useWords } from '../language/language.ts';
import { Notice } from './notice.tsx';
import { useTerms } from './terms.ts';
import { uiWords } from './words.ts';

/** Why something did not work, and what to do about it. Shows nothing without an error. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  const words = useWords(uiWords);
  if (error === undefined) return null;
  const isLost = error instanceof Unreachable;
  const refusal = error instanceof Refusal ? error : undefined;
  return (
    <Notice kind="bad">
      <div class="stack tight">
        <p class="given">{isLost ? words.offline : (refusal?.detail ?? String(error))}</p>
        {refusal?.state && <FirstActor {...refusal.state} />}
        {refusal?.retryAfter !== undefined && <p>{words.waitBefore(refusal.retryAfter)}</p>}
        {retry && (
          <div>
            <button type="button" onClick={retry}>
              {words.retry}
            </button>
          </div>
        )}
      </div>
    </Notice>
  );
}

function FirstActor({ status, by, at }: ReviewState) {
  const words = useWords(uiWords);
  const term = useTerms();
  const format = useFormat();
  const who = by?.organisation ? words.person(by.organisation, by.person) : words.theService;
  return <p class="given">{words.first(term('status', status), who, at ? format.moment(at) : '')}</p>;
}
