import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useAction } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { DraftText } from '../../ui/draft-text.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field, Tick } from '../../ui/field.tsx';
import { matchWords } from './words.ts';

export function CyberTipDraft({ id }: { readonly id: string }) {
  const words = useWords(matchWords);
  const [email, setEmail] = useState('');
  const [viewedByEsp, setViewed] = useState(false);
  const [text, setText] = useState('');
  const writing = useAction([email, viewedByEsp], async () => {
    const body = { reporter: { email }, file: { viewedByEsp } };
    setText(await call('POST /v1/matches/{requestId}/drafts/cybertipline', { path: { requestId: id }, body }));
  });
  return (
    <details>
      <summary>{words.cyberTip}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void writing.run();
        }}
      >
        <Field label={words.email} type="email" value={email} onType={setEmail} required />
        <Tick label={words.viewed} checked={viewedByEsp} onTick={setViewed} />
        <Failure error={writing.error} />
        <div>
          <button type="submit" disabled={writing.isBusy}>
            {words.write}
          </button>
        </div>
      </form>
      {text && <DraftText text={text} file="cybertip.xml" type="application/xml" download={words.download} />}
    </details>
  );
}
