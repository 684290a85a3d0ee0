import { useState } from 'preact/hooks';
import type { Answer } from '../../api/call.ts';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Facts, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { entryWords } from './words.ts';

type Preview = Answer<'GET /v1/entries/{id}/preview'>;

/** What copies of this entry would hit. It costs a search, so it waits for a click. */
export function BlastRadius({ id }: { readonly id: string }) {
  const words = useWords(entryWords);
  const [isWanted, setWanted] = useState(false);
  return (
    <section class="card stack">
      <h2>{words.radius}</h2>
      <p class="soft">{words.radiusLead}</p>
      {isWanted ? (
        <LoadedRadius id={id} />
      ) : (
        <div>
          <button type="button" onClick={() => setWanted(true)}>
            {words.look}
          </button>
        </div>
      )}
    </section>
  );
}

export function LoadedRadius({ id }: { readonly id: string }) {
  const preview = useCall('GET /v1/entries/{id}/preview', { path: { id } });
  return <Loading of={preview}>{(value) => <Radius preview={value} own={id} />}</Loading>;
}

function Radius({ preview, own }: { readonly preview: Preview; readonly own: string }) {
  const words = useWords(entryWords);
  const { queries, knownGood, degenerate } = preview;
  const others = preview.entries.filter(({ entry }) => entry !== own);
  return (
    <div class="stack">
      {knownGood !== 'none' && <Notice kind={knownGood === 'same' ? 'bad' : 'warn'}>{words.knownGoods[knownGood]}</Notice>}
      <Facts
        facts={[
          // Zero would say that nothing is hit. Without queries nobody knows.
          [words.queries, queries.asked === 0 ? words.queriesUnknown : words.queriesHit(queries.hit, queries.asked)],
          [words.knownGood, knownGood === 'none' && words.knownGoods.none],
          [words.degenerate, degenerate],
        ]}
      />
      <Table
        caption={words.neighbours}
        columns={[words.title, words.list, { number: words.distance }]}
        rows={others.map(({ entry, list, distance }) => ({
          key: entry,
          cells: [
            <a key="entry" class="code" href={`/console/entries/${entry}`}>
              {entry.slice(-8)}
            </a>,
            <Told key="list">{list}</Told>,
            distance,
          ],
        }))}
      />
    </div>
  );
}
