import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import type { Enrolments, FileState } from './use-enrolments.ts';
import { enrolWords } from './words.ts';

/** What became of each file. */
export function FileResults({ enrolments: { files, isBusy, retry } }: { readonly enrolments: Enrolments }) {
  const words = useWords(enrolWords);
  if (files.length === 0) return null;
  const done = files.filter(({ state }) => state !== 'waiting' && state !== 'working').length;
  return (
    <section class="card stack">
      <p role="status">{words.progress(done, files.length)}</p>
      <progress value={done} max={files.length} aria-label={words.results} />
      <Table
        caption={words.results}
        isCaptionHidden
        columns={[words.file, words.result]}
        rows={files.map((one) => ({
          key: one.id,
          cells: [<Told key="file">{one.file.name}</Told>, <Result key="result" of={one} />],
        }))}
      />
      {!isBusy && files.some(({ state }) => state === 'failed') && (
        <div>
          <button type="button" onClick={() => void retry()}>
            {words.again}
          </button>
        </div>
      )}
    </section>
  );
}

function Result({ of: { state, enrolled, refused, error } }: { readonly of: FileState }) {
  const words = useWords(enrolWords);
  if (state === 'failed') return <Failure error={error} />;
  if (state === 'refused' && refused) return <>{words.refused[refused]}</>;
  if (state === 'waiting' || state === 'working') return <span class="soft">{words[state]}</span>;
  if (!enrolled || !('id' in enrolled)) return <>{words.received}</>;
  return (
    <a href={`/console/entries/${enrolled.id}`} class="code given">
      {enrolled.id}
    </a>
  );
}
