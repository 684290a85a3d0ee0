import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import type { Operations } from '../../api/operations.ts';
import { useAction } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { DraftText } from '../../ui/draft-text.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Area, Choice, Field } from '../../ui/field.tsx';
import { matchWords } from './words.ts';

type Body = Operations['POST /v1/matches/{requestId}/drafts/statement-of-reasons']['body'];

const empty = {
  territory: 'FR',
  contentDate: '',
  kind: 'illegal_content',
  reference: '',
  explanation: '',
  source: 'voluntary',
  automated: 'partially',
  puid: '',
};

/** Of the fields that only the platform knows. */
export function StatementDraft({ id }: { readonly id: string }) {
  const words = useWords(matchWords);
  const [facts, setFacts] = useState<Record<keyof typeof empty, string>>(empty);
  const [text, setText] = useState('');
  const set = (name: keyof typeof empty) => (value: string) => setFacts({ ...facts, [name]: value });
  const writing = useAction(facts, async () => {
    const draft = await call('POST /v1/matches/{requestId}/drafts/statement-of-reasons', {
      path: { requestId: id },
      body: bodyOf(facts),
    });
    setText(JSON.stringify(draft.statement, null, 2));
  });
  return (
    <details>
      <summary>{words.statement}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void writing.run();
        }}
      >
        <div class="grid">
          <Field label={words.territory} value={facts.territory} onType={set('territory')} required />
          <Field label={words.contentDate} type="date" value={facts.contentDate} onType={set('contentDate')} required />
          <Choice
            label={words.kind}
            value={facts.kind}
            options={[
              ['illegal_content', words.illegal],
              ['incompatible_content', words.incompatible],
            ]}
            onChoose={set('kind')}
          />
          <Field label={words.reference} value={facts.reference} onType={set('reference')} required />
          <Choice label={words.source} value={facts.source} options={Object.entries(words.sources)} onChoose={set('source')} />
          <Choice
            label={words.automated}
            value={facts.automated}
            options={Object.entries(words.automatedKinds)}
            onChoose={set('automated')}
          />
          <Field label={words.puid} value={facts.puid} onType={set('puid')} required />
        </div>
        <Area label={words.explanation} value={facts.explanation} onType={set('explanation')} required />
        <Failure error={writing.error} />
        <div>
          <button type="submit" disabled={writing.isBusy}>
            {words.write}
          </button>
        </div>
      </form>
      {text && <DraftText text={text} file="statement-of-reasons.json" type="application/json" download={words.download} />}
    </details>
  );
}

/** The service checks the values and names what the database would refuse. */
function bodyOf({
  territory,
  contentDate,
  kind,
  reference,
  explanation,
  source,
  automated,
  puid,
}: Record<keyof typeof empty, string>): Body {
  const body = {
    territorialScope: territory.split(/[\s,;]+/).filter(Boolean),
    contentDate,
    ground: { kind, reference, explanation },
    source: { type: source },
    automatedDecision: automated,
    puid,
  };
  return body as Body;
}
