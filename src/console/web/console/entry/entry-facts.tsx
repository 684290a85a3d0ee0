/** What the record says about an entry. */
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Ago, Facts, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { uiWords } from '../../ui/words.ts';
import type { Entry } from './entry.ts';
import { entryWords } from './words.ts';

export function EntryFacts({ entry }: { readonly entry: Entry }) {
  const words = useWords(entryWords);
  const term = useTerms();
  const format = useFormat();
  const ui = useWords(uiWords);
  return (
    <section class="card stack">
      <h2>{words.facts}</h2>
      <Facts
        facts={[
          [words.title, <code key="id">{entry.id}</code>],
          [
            words.list,
            <a key="list" href={`/console/lists/${encodeURIComponent(entry.list)}`}>
              {entry.list}
            </a>,
          ],
          [words.class, term('class', entry.class)],
          [
            words.series,
            entry.series && (
              <a key="series" href={`/console/series/${encodeURIComponent(entry.series)}`}>
                <Told>{entry.series}</Told>
              </a>
            ),
          ],
          [words.sourceCodes, entry.sourceCodes.length > 0 && <Codes key="codes" codes={entry.sourceCodes} />],
          [words.synthetic, entry.synthetic && words.yes],
          [words.source, <Told key="source">{entry.organisation ?? ui.builtIn}</Told>],
          [words.enrolled, format.moment(entry.createdAt)],
          [words.expires, entry.expiresAt && format.moment(entry.expiresAt)],
          [words.quality, entry.quality !== null && words.qualityOf(entry.quality)],
        ]}
      />
    </section>
  );
}

function Codes({ codes }: { readonly codes: Entry['sourceCodes'] }) {
  return (
    <span class="row">
      {codes.map(({ scheme, code }) => (
        <Told key={scheme + code}>{`${scheme}: ${code}`}</Told>
      ))}
    </span>
  );
}

export function Claims({ entry: { claims } }: { readonly entry: Entry }) {
  const words = useWords(entryWords);
  const ui = useWords(uiWords);
  return (
    <section class="card">
      <Table
        caption={words.claims}
        columns={[words.organisation, words.provenance, words.since]}
        rows={claims.map(({ id, organisation, provenance, madeAt }) => ({
          key: id,
          cells: [
            <Told key="who">{organisation ?? ui.builtIn}</Told>,
            <Facts
              key="why"
              facts={Object.entries(provenance).map(([name, value]) => [name, <Told key={name}>{value ?? ''}</Told>])}
            />,
            <Ago key="when" at={madeAt} />,
          ],
        }))}
      />
    </section>
  );
}

export function Standing({ entry: { verification } }: { readonly entry: Entry }) {
  const words = useWords(entryWords);
  const { people, required, organisations, requiredOrganisations } = verification;
  const missing = Math.max(required - people, requiredOrganisations - organisations, 0);
  return (
    <section class="card stack tight">
      <h2>{words.standing}</h2>
      <p>{words.standingOf(people, required, organisations, requiredOrganisations)}</p>
      <p class="soft">{missing > 0 ? words.stillRequired(missing) : words.enough}</p>
    </section>
  );
}
