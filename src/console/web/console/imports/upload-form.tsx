import { useId, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice, Field, Tick } from '../../ui/field.tsx';
import { type ImportQuery, keepFile } from './kept-file.ts';
import { importWords } from './words.ts';

/** Sends a file for a check, which changes nothing. */
export function UploadForm({ onBegun }: { readonly onBegun: (id: string) => void }) {
  const words = useWords(importWords);
  const lists = useCall('GET /v1/lists');
  const [list, setList] = useState('');
  const [source, setSource] = useState('');
  const [file, setFile] = useState<File>();
  const [skipInvalid, setSkipInvalid] = useState(false);
  const [replace, setReplace] = useState(false);
  const input = useId();
  const mine = (lists.value?.items ?? []).filter(({ rights }) => rights.includes('enrol') && rights.includes('read'));
  const chosen = list || mine[0]?.id || '';
  const sending = useAction([chosen, source, file?.name, skipInvalid, replace], async () => {
    if (!file) return;
    const query: ImportQuery = { list: chosen, file: file.name, ...(source ? { source } : {}), ...flags(skipInvalid, replace) };
    const begun = await call('POST /v1/imports', { query: { ...query, dryRun: 'true' }, body: file });
    keepFile(begun.id, { file, query });
    onBegun(begun.id);
  });
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void sending.run();
      }}
    >
      <div class="grid">
        <Choice label={words.list} value={chosen} options={mine.map(({ id, title }) => [id, title])} onChoose={setList} />
        <Field label={words.source} hint={words.sourceHint} value={source} onType={setSource} maxLength={63} />
        <div class="field">
          <label for={input}>{words.file}</label>
          <input id={input} type="file" required onChange={(event) => setFile(event.currentTarget.files?.[0])} />
        </div>
      </div>
      <Tick label={words.skipInvalid} checked={skipInvalid} onTick={setSkipInvalid} />
      <Tick label={words.replace} checked={replace} onTick={setReplace} />
      <Failure error={sending.error} />
      <div class="row">
        <button type="submit" class="main" disabled={sending.isBusy}>
          {words.check}
        </button>
        <span class="soft small">{words.checkHint}</span>
      </div>
    </form>
  );
}

function flags(skipInvalid: boolean, replace: boolean): Pick<ImportQuery, 'skipInvalid' | 'replace'> {
  return { skipInvalid: `${skipInvalid}`, replace: `${replace}` };
}
