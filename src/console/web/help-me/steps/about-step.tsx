import { useState } from 'preact/hooks';
import { Area, Tick } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { MoreHelp } from '../helplines.tsx';
import { Screen, StepButtons } from '../screen.tsx';
import type { Texts } from '../texts.ts';
import { useHelpWords } from '../words/words.ts';

export interface Statements {
  readonly adult: boolean;
  readonly depicted: boolean;
  readonly noConsent: boolean;
  readonly appearedAt: string;
}

interface AboutProps {
  readonly texts: Texts;
  readonly statements: Statements;
  readonly onChange: (statements: Statements) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

export function AboutStep({ texts, statements, onChange, onBack, onNext }: AboutProps) {
  const { about: words, next } = useHelpWords();
  const [isAsked, setAsked] = useState(false);
  const { adult, depicted, noConsent, appearedAt } = statements;
  const isComplete = adult && depicted && noConsent;
  return (
    <Screen step={2} heading={words.heading} lead={words.lead}>
      <form
        class="stack loose"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) onNext();
          else setAsked(true);
        }}
      >
        <div class="card stack tight">
          {(['adult', 'depicted', 'noConsent'] as const).map((name) => (
            <Tick
              key={name}
              label={words[name]}
              checked={statements[name]}
              onTick={(checked) => onChange({ ...statements, [name]: checked })}
            />
          ))}
        </div>
        {isAsked && !isComplete && (
          <>
            <Notice kind="warn">{words.missing}</Notice>
            <MoreHelp texts={texts} />
          </>
        )}
        <Area
          label={words.where}
          hint={words.whereHint}
          value={appearedAt}
          maxLength={500}
          onType={(text) => onChange({ ...statements, appearedAt: text })}
        />
        <StepButtons onBack={onBack} next={next} />
      </form>
    </Screen>
  );
}
