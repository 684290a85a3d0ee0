import type { Answer } from '../../api/call.ts';
import type { Loaded } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Ago, Status, Told } from '../../ui/show.tsx';
import { useTerms } from '../../ui/terms.ts';
import { uiWords } from '../../ui/words.ts';
import { entryWords } from './words.ts';

type EntryHistory = Answer<'GET /v1/entries/{id}/history'>;

/** Who changed the entry, newest first. */
export function History({ of }: { readonly of: Loaded<EntryHistory> }) {
  const words = useWords(entryWords);
  return (
    <section class="card stack">
      <h2>{words.history}</h2>
      <Loading of={of}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="soft">{words.noHistory}</p>
          ) : (
            <ol class="steps">
              {[...items].reverse().map((line) => (
                <Line key={line.at + line.event} line={line} />
              ))}
            </ol>
          )
        }
      </Loading>
    </section>
  );
}

function Line({ line: { event, organisation, person, reason, to, at } }: { readonly line: EntryHistory['items'][number] }) {
  const ui = useWords(uiWords);
  const term = useTerms();
  return (
    <li class="stack tight">
      <span class="row">
        <Told>{organisation ? ui.person(organisation, person) : ui.theService}</Told>
        {term('event', event)}
        <Status status={to} />
        <span class="soft small">
          <Ago at={at} />
        </span>
      </span>
      {reason && <Told>{reason}</Told>}
    </li>
  );
}
