import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Field } from '../../ui/field.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { seriesWords } from './words.ts';

export function SeriesListPage() {
  const words = useWords(seriesWords);
  const format = useFormat();
  const { query, route } = useLocation();
  const [search, setSearch] = useState(query.search ?? '');
  const series = useCall('GET /v1/series', { query: { search: query.search, limit: 100 } });
  return (
    <Page title={words.title} lead={words.lead}>
      <form
        class="card row"
        onSubmit={(event) => {
          event.preventDefault();
          route(`/console/series?${new URLSearchParams({ search })}`);
        }}
      >
        <Field label={words.search} value={search} onType={setSearch} type="search" />
        <button type="submit" class="end">
          {words.find}
        </button>
      </form>
      <Loading of={series}>
        {({ items }) => (
          <div class="card">
            <Table
              caption={words.title}
              isCaptionHidden
              empty={words.none}
              columns={[
                words.series,
                { number: words.entries },
                words.lists,
                { number: words.organisations },
                words.first,
                words.last,
                words.victim,
                words.offender,
              ]}
              rows={items.map((one) => ({
                key: one.series,
                cells: [
                  <a key="series" href={`/console/series/${encodeURIComponent(one.series)}`}>
                    <Told>{one.series}</Told>
                  </a>,
                  format.number(one.entries),
                  <Told key="lists">{one.lists.join(', ')}</Told>,
                  format.number(one.organisations),
                  <Ago key="first" at={one.firstAt} />,
                  <Ago key="last" at={one.lastAt} />,
                  <Known key="victim" value={one.victimIdentified} />,
                  <Known key="offender" value={one.offenderIdentified} />,
                ],
              }))}
            />
          </div>
        )}
      </Loading>
    </Page>
  );
}

function Known({ value }: { readonly value: boolean | null }) {
  const words = useWords(seriesWords);
  return <>{value === null ? words.unknown : value ? words.yes : words.no}</>;
}
