import { useState } from 'preact/hooks';
import { type Answer, call } from '../../api/call.ts';
import { useAction } from '../../api/use-call.ts';
import { type ChosenFile, useChosenFiles } from '../../help-me/chosen-files.ts';
import { useLanguage, useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { Area, Field, Tick } from '../../ui/field.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Told } from '../../ui/show.tsx';
import { enrolWords } from '../enrol/words.ts';
import { assistedWords } from './words.ts';

const statements = ['adult', 'depicted', 'noConsent'] as const;
type Statement = (typeof statements)[number];

export function AssistedForm({ onOpened }: { readonly onOpened: (opened: Answer<'POST /v1/cases/assisted'>) => void }) {
  const words = useWords(assistedWords);
  const language = useLanguage();
  const chosen = useChosenFiles();
  const [said, setSaid] = useState<Readonly<Record<Statement, boolean>>>({ adult: false, depicted: false, noConsent: false });
  const [appearedAt, setAppearedAt] = useState('');
  const [pin, setPin] = useState('');
  const opening = useAction([chosen.hashes, appearedAt, pin], async (request) => {
    const optional = appearedAt.trim() ? { appearedAt: appearedAt.trim() } : {};
    const files = chosen.hashes.map((hashes) => ({ hashes }));
    const agreed = { adult: true, depicted: true, noConsent: true } as const;
    onOpened(await call('POST /v1/cases/assisted', { body: { files, statements: agreed, pin, language, request, ...optional } }));
  });
  const isReady = chosen.hashes.length > 0 && !chosen.isWorking && statements.every((name) => said[name]);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void opening.run();
      }}
    >
      <Notice>{words.under18}</Notice>
      <FileDrop label={words.files} onFiles={chosen.add} />
      <ChosenList files={chosen.files} onRemove={chosen.remove} />
      <fieldset class="card stack tight">
        <legend>{words.statements}</legend>
        {statements.map((name) => (
          <Tick key={name} label={words[name]} checked={said[name]} onTick={(is) => setSaid({ ...said, [name]: is })} />
        ))}
      </fieldset>
      <div class="card stack">
        <Area label={words.appearedAt} value={appearedAt} onType={setAppearedAt} maxLength={500} />
        <Field
          label={words.pin}
          hint={words.pinHint}
          type="password"
          value={pin}
          onType={setPin}
          maxLength={64}
          required
          autocomplete="off"
        />
      </div>
      <Failure error={opening.error} />
      <div>
        <button type="submit" class="main" disabled={!isReady || opening.isBusy}>
          {words.open}
        </button>
      </div>
    </form>
  );
}

function ChosenList({ files, onRemove }: { readonly files: readonly ChosenFile[]; readonly onRemove: (id: number) => void }) {
  const words = useWords(assistedWords);
  if (files.length === 0) return null;
  return (
    <ul class="card steps" aria-label={words.files}>
      {files.map(({ id, name, result }) => (
        <li key={id} class="row spread">
          <Told>{name}</Told>
          <FileState result={result} />
          <button type="button" onClick={() => onRemove(id)}>
            {words.remove}
            <span class="hidden"> {name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function FileState({ result }: { readonly result: ChosenFile['result'] }) {
  const words = useWords(assistedWords);
  const { refused } = useWords(enrolWords);
  if (!result) return <span class="soft">{words.working}</span>;
  if ('refused' in result) return <span class="badge warn">{refused[result.refused]}</span>;
  return <span class="soft">{'sameAs' in result ? words.same(result.sameAs) : words.ready}</span>;
}
