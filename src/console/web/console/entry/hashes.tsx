import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Table } from '../../ui/table.tsx';
import { entryWords } from './words.ts';

export function Hashes({ id }: { readonly id: string }) {
  const words = useWords(entryWords);
  const hashes = useCall('GET /v1/entries/{id}/hashes', { path: { id } });
  return (
    <section class="card stack">
      <h2>{words.hashes}</h2>
      <p class="soft">{words.hashesLead}</p>
      <Loading of={hashes}>
        {({ items }) => (
          <Table
            caption={words.hashes}
            isCaptionHidden
            columns={[words.algorithm, words.variant, { number: words.quality }]}
            rows={items.map(({ algorithm, variant, quality }) => ({
              key: `${algorithm} ${variant}`,
              cells: [algorithm, variant, quality ?? '–'],
            }))}
          />
        )}
      </Loading>
    </section>
  );
}
