import { useRef, useState } from 'preact/hooks';
import { Notice } from '../../ui/notice.tsx';
import type { ChosenFile, ChosenFiles } from '../chosen-files.ts';
import { Screen, StepButtons } from '../screen.tsx';
import { useHelpWords } from '../words/words.ts';

interface FilesProps {
  readonly chosen: ChosenFiles;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

export function FilesStep({ chosen, onBack, onNext }: FilesProps) {
  const { files: words, next } = useHelpWords();
  const [isAsked, setAsked] = useState(false);
  const missing = chosen.isWorking ? words.wait : chosen.hashes.length === 0 ? words.none : '';
  return (
    <Screen step={1} heading={words.heading} lead={words.lead}>
      <form
        class="stack loose"
        onSubmit={(event) => {
          event.preventDefault();
          if (missing) setAsked(true);
          else onNext();
        }}
      >
        <Drop onFiles={chosen.add} />
        <Progress chosen={chosen} />
        {chosen.isFull && <Notice kind="warn">{words.tooMany}</Notice>}
        {chosen.files.length > 0 && (
          <ul class="files" aria-label={words.list}>
            {chosen.files.map((file) => (
              <Row key={file.id} file={file} onRemove={() => chosen.remove(file.id)} />
            ))}
          </ul>
        )}
        {isAsked && missing && <Notice kind="warn">{missing}</Notice>}
        <StepButtons onBack={onBack} next={next} />
      </form>
    </Screen>
  );
}

function Drop({ onFiles }: { readonly onFiles: (files: Iterable<File>) => void }) {
  const { files: words } = useHelpWords();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <fieldset
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles(event.dataTransfer?.files ?? []);
      }}
    >
      <p class="fine-pointer">{words.drop}</p>
      <button type="button" onClick={() => input.current?.click()}>
        {words.choose}
      </button>
      <input
        ref={input}
        type="file"
        class="hidden"
        multiple
        accept="image/*"
        tabIndex={-1}
        aria-label={words.choose}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file can be chosen again, and the field holds no name.
          currentTarget.value = '';
        }}
      />
      <p class="small soft">{words.kinds}</p>
    </fieldset>
  );
}

function Progress({ chosen: { files, hashes, isWorking } }: { readonly chosen: ChosenFiles }) {
  const { files: words } = useHelpWords();
  const done = files.filter(({ result }) => result).length;
  return (
    <div class="stack tight" role="status">
      {isWorking && (
        <>
          <span>{words.working(done, files.length)}</span>
          <progress value={done} max={files.length} aria-label={words.working(done, files.length)} />
        </>
      )}
      {!isWorking && files.length > 0 && <strong>{words.finished(hashes.length, files.length)}</strong>}
    </div>
  );
}

function Row({ file: { name, result }, onRemove }: { readonly file: ChosenFile; readonly onRemove: () => void }) {
  const { files: words } = useHelpWords();
  const [kind, state] = stateOf(result, words);
  return (
    <li class="file">
      <div class="stack tight">
        <span class="given">{name}</span>
        <span>
          <span class={`badge ${kind}`}>{state}</span>
        </span>
        {result && 'refused' in result && <span class="small soft">{words.why[result.refused]}</span>}
        {result && 'sameAs' in result && <span class="small soft given">{words.state.same(result.sameAs)}</span>}
      </div>
      <button type="button" class="plain" aria-label={words.remove(name)} onClick={onRemove}>
        {words.removeShort}
      </button>
    </li>
  );
}

function stateOf(
  result: ChosenFile['result'],
  { state }: ReturnType<typeof useHelpWords>['files'],
): [kind: string, text: string] {
  if (!result) return ['', state.waiting];
  if ('sameAs' in result) return ['grey', state.left];
  return 'hashes' in result ? ['good', state.ready] : ['warn', state.left];
}
