import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Language, LanguageContext, languages, nameOf, preferredLanguage } from '../language/language.ts';
import { leaveNow, useEscapeTwice } from './leaving.ts';
import { Screens } from './screens.tsx';
import type { Texts } from './texts.ts';
import { useHelpWords } from './words/words.ts';

/** The language is not remembered: nothing of this page stays on the device. */
export function HelpPage({ texts }: { readonly texts: Texts }) {
  const [language, setLanguage] = useState<Language>(() => preferredLanguage());
  return (
    <LanguageContext.Provider value={language}>
      <Frame texts={texts} language={language} onLanguage={setLanguage} />
    </LanguageContext.Provider>
  );
}

interface FrameProps {
  readonly texts: Texts;
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
}

function Frame({ texts, language, onLanguage }: FrameProps) {
  const words = useHelpWords();
  const leave = useCallback(() => leaveNow(texts.exit), [texts]);
  useEscapeTwice(leave);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = words.title;
  }, [language, words]);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar no-print">
        <span class="name">Vigie</span>
        <fieldset class="row" aria-label={words.language}>
          {languages.map((one) => (
            <button
              key={one}
              type="button"
              class="plain"
              lang={one}
              aria-pressed={one === language}
              aria-label={`${one.toUpperCase()} ${nameOf[one]}`}
              onClick={() => onLanguage(one)}
            >
              {one.toUpperCase()}
            </button>
          ))}
        </fieldset>
        <button type="button" class="exit" onClick={leave} aria-describedby="exit-hint">
          <span aria-hidden="true">✕</span> {words.exit}
        </button>
      </header>
      <main id="content" class="help" tabIndex={-1}>
        <Screens texts={texts} />
      </main>
      <footer class="help no-print">
        <p id="exit-hint" class="small soft">
          {words.exitHint}
        </p>
      </footer>
    </>
  );
}
