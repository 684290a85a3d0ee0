import { useState } from 'preact/hooks';
import { useAction } from '../api/use-call.ts';
import { useWords } from '../language/language.ts';
import { Failure } from '../ui/failure.tsx';
import { Area } from '../ui/field.tsx';
import { FileDrop } from '../ui/file-drop.tsx';
import { type Tried, tryMatch } from './tried.ts';
import { homeWords } from './words.ts';

export function TryForm({ onTried }: { readonly onTried: (tried: Tried) => void }) {
  const words = useWords(homeWords);
  const [given, setGiven] = useState<File | string>('');
  const text = typeof given === 'string' ? given : '';
  const isJson = text === '' || isValidJson(text);
  const matching = useAction(typeof given === 'string' ? given : given.name, async () => onTried(await tryMatch(given)));
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void matching.run();
      }}
    >
      <FileDrop label={words.image} isSingle onFiles={([file]) => file && setGiven(file)} />
      {typeof given !== 'string' && (
        <p role="status" class="given">
          <bdi>{given.name}</bdi>
        </p>
      )}
      <Area
        label={words.hashes}
        hint={words.hashesHint}
        value={text}
        onType={setGiven}
        error={isJson ? undefined : words.invalid}
      />
      <Failure error={matching.error} />
      <div class="row">
        <button type="submit" class="main" disabled={matching.isBusy || given === '' || !isJson}>
          {words.match}
        </button>
        <span role="status">{matching.isBusy ? words.working : ''}</span>
      </div>
    </form>
  );
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
