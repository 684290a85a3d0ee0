import { MoreHelp } from '../helplines.tsx';
import { Screen } from '../screen.tsx';
import type { Texts } from '../texts.ts';
import { useHelpWords } from '../words/words.ts';

interface WelcomeProps {
  readonly texts: Texts;
  readonly onAdult: () => void;
  readonly onYoung: () => void;
  readonly onCase: () => void;
}

export function WelcomeStep({ texts, onAdult, onYoung, onCase }: WelcomeProps) {
  const { welcome } = useHelpWords();
  return (
    <Screen heading={welcome.heading} lead={welcome.lead}>
      <ol class="how">
        {welcome.steps.map(([what = '', why = '']) => (
          <li key={what}>
            <strong>{what}</strong> <span class="soft">{why}</span>
          </li>
        ))}
      </ol>
      <p>{welcome.noAccount}</p>
      <section class="card stack" aria-labelledby="age">
        <h2 id="age">{welcome.age}</h2>
        <div class="stack choices">
          <button type="button" class="main" onClick={onAdult}>
            {welcome.adult}
          </button>
          <button type="button" onClick={onYoung}>
            {welcome.young}
          </button>
        </div>
      </section>
      <p>
        <button type="button" class="plain" onClick={onCase}>
          {welcome.hasCase}
        </button>
      </p>
      <MoreHelp texts={texts} />
    </Screen>
  );
}
