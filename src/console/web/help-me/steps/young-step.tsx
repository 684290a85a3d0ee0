import { Helplines } from '../helplines.tsx';
import { Screen } from '../screen.tsx';
import type { Texts } from '../texts.ts';
import { useHelpWords } from '../words/words.ts';

interface YoungProps {
  readonly texts: Texts;
  readonly onBack: () => void;
  readonly onAdult: () => void;
}

/** Leads to those who can do more for people under 18. */
export function YoungStep({ texts, onBack, onAdult }: YoungProps) {
  const words = useHelpWords();
  const { young } = words;
  return (
    <Screen heading={young.heading} lead={young.lead}>
      <Helplines texts={texts} young />
      <section class="card stack">
        <h2>{young.adviceHeading}</h2>
        <ul class="advice">
          {young.advice.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </section>
      <div class="row spread">
        <button type="button" onClick={onBack}>
          {words.back}
        </button>
        <button type="button" class="plain" onClick={onAdult}>
          {young.notSo}
        </button>
      </div>
    </Screen>
  );
}
