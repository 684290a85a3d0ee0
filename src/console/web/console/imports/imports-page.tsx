import { useLocation } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { UploadForm } from './upload-form.tsx';
import { importWords } from './words.ts';

export function ImportsPage() {
  const words = useWords(importWords);
  const { route } = useLocation();
  const imports = useCall('GET /v1/imports', { query: { limit: 25 } });
  return (
    <Page title={words.title} lead={words.lead}>
      <UploadForm onBegun={(id) => route(`/console/imports/${id}`)} />
      <section class="card">
        <Loading of={imports}>
          {({ items }) => (
            <Table
              caption={words.earlier}
              empty={words.none}
              columns={[words.file, words.list, words.source, words.state, { number: words.counts.records }, words.begun]}
              rows={items.map((one) => ({
                key: one.id,
                cells: [
                  <a key="file" href={`/console/imports/${one.id}`}>
                    <Told>{one.file}</Told>
                  </a>,
                  <Told key="list">{one.list}</Told>,
                  <Told key="source">{one.source}</Told>,
                  words.states[one.state],
                  one.report.records,
                  <Ago key="begun" at={one.madeAt} />,
                ],
              }))}
            />
          )}
        </Loading>
      </section>
    </Page>
  );
}
