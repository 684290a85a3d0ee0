import { useEffect, useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import { type Answer, call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Facts, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { keptFile } from './kept-file.ts';
import { importWords } from './words.ts';

type Import = Answer<'GET /v1/imports/{id}'>;

const everyMs = 700;

export function ImportPage() {
  const { id = '' } = useRoute().params;
  const words = useWords(importWords);
  const [isOver, setOver] = useState(false);
  const loaded = useCall('GET /v1/imports/{id}', { path: { id } }, isOver ? undefined : everyMs);
  const state = loaded.value?.state;
  useEffect(() => setOver(state !== undefined && state !== 'reading' && state !== 'promoting'), [state]);
  return (
    <Page title={words.title} lead={loaded.value && <Told>{loaded.value.file}</Told>}>
      <Loading of={loaded}>
        {(value) => (
          <div class="stack">
            <State of={value} />
            <Report of={value} />
            <Steps of={value} onDone={loaded.reload} />
          </div>
        )}
      </Loading>
    </Page>
  );
}

function State({ of: { state, failure, list, source, dryRun } }: { readonly of: Import }) {
  const words = useWords(importWords);
  return (
    <section class="card stack">
      {failure && (
        <Notice kind="bad">
          <Told>{failure}</Told>
        </Notice>
      )}
      <Facts
        facts={[
          [words.state, <span key="state" role="status">{`${words.states[state]}${dryRun ? ` (${words.dryRun})` : ''}`}</span>],
          [words.list, <Told key="list">{list}</Told>],
          [words.source, <Told key="source">{source}</Told>],
        ]}
      />
      {(state === 'reading' || state === 'promoting') && <progress aria-label={words.states[state]} />}
    </section>
  );
}

function Report({ of: { report } }: { readonly of: Import }) {
  const words = useWords(importWords);
  const format = useFormat();
  const counts = Object.entries(words.counts) as [keyof typeof words.counts, string][];
  return (
    <section class="card stack">
      <h2>{words.report}</h2>
      <Facts
        facts={counts
          .filter(([name]) => report[name] > 0 || name === 'records' || name === 'new')
          .map(([name, text]) => [text, format.number(report[name])])}
      />
      {report.problems.length > 0 && (
        <Table
          caption={words.problems}
          columns={[words.place, words.reason]}
          rows={report.problems.map(({ at, reason }) => ({
            key: at + reason,
            cells: [<Told key="at">{at}</Told>, <Told key="reason">{reason}</Told>],
          }))}
        />
      )}
    </section>
  );
}

/** What can follow: the import after a check, a colleague's confirmation, the end. */
function Steps({ of: { id, state }, onDone }: { readonly of: Import; readonly onDone: () => void }) {
  const words = useWords(importWords);
  const { route } = useLocation();
  const kept = keptFile(id);
  const promoting = useAction(id, async () => {
    if (!kept) return;
    const begun = await call('POST /v1/imports', { query: kept.query, body: kept.file });
    route(`/console/imports/${begun.id}`);
  });
  const confirming = useAction(['confirm', id], async (idempotencyKey) => {
    await call('POST /v1/imports/{id}/confirm', { path: { id }, idempotencyKey });
    onDone();
  });
  const cancelling = useAction(['cancel', id], async (idempotencyKey) => {
    await call('POST /v1/imports/{id}/cancel', { path: { id }, idempotencyKey });
    onDone();
  });
  return (
    <div class="stack">
      {state === 'checked' && !kept && (
        <Notice>
          <p>{words.chooseAgain}</p>
          <a href="/console/imports">{words.toUpload}</a>
        </Notice>
      )}
      <Failure error={promoting.error ?? confirming.error ?? cancelling.error} />
      <div class="row">
        {state === 'checked' && kept && (
          <button type="button" class="main" disabled={promoting.isBusy} onClick={() => void promoting.run()}>
            {words.promote}
          </button>
        )}
        {state === 'waiting' && (
          <button type="button" class="main" disabled={confirming.isBusy} onClick={() => void confirming.run()}>
            {words.confirm}
          </button>
        )}
        {(state === 'waiting' || state === 'reading') && (
          <button type="button" class="danger" disabled={cancelling.isBusy} onClick={() => void cancelling.run()}>
            {words.cancel}
          </button>
        )}
      </div>
    </div>
  );
}
