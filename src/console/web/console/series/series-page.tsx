import { useRoute } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Status, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { seriesWords } from './words.ts';

export function SeriesPage() {
  const { name = '' } = useRoute().params;
  const words = useWords(seriesWords);
  const term = useTerms();
  const entries = useCall('GET /v1/entries', { query: { series: name, limit: 200 } });
  return (
    <Page title={words.one(name)}>
      <Loading of={entries}>
        {({ items }) => (
          <div class="card">
            <Table
              caption={words.entries}
              empty={words.none}
              columns={[words.entry, words.list, words.class, words.status, words.source, words.enrolled]}
              rows={items.map((entry) => ({
                key: entry.id,
                cells: [
                  <a key="entry" class="code" href={`/console/entries/${entry.id}`}>
                    {entry.id.slice(-8)}
                  </a>,
                  <Told key="list">{entry.list}</Told>,
                  term('class', entry.class),
                  <Status key="status" status={entry.status} />,
                  <Told key="source">{entry.organisation ?? ''}</Told>,
                  <Ago key="enrolled" at={entry.createdAt} />,
                ],
              }))}
            />
          </div>
        )}
      </Loading>
    </Page>
  );
}
