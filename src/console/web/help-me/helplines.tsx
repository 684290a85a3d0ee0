import { useLanguage } from '../language/language.ts';
import type { Helpline, Texts } from './texts.ts';
import { useHelpWords } from './words/words.ts';

/** `young`: those for people under 18 only. */
export function Helplines({ texts, young = false }: { readonly texts: Texts; readonly young?: boolean }) {
  const language = useLanguage();
  const groups = texts.countries
    .map(({ name, helplines }) => ({ name, helplines: helplines.filter((line) => line.young || !young) }))
    .filter(({ helplines }) => helplines.length > 0);
  return (
    <div class="stack">
      {groups.map(({ name, helplines }) => (
        <section key={name.en} class="stack tight">
          <h2>{name[language]}</h2>
          <ul class="lines">
            {helplines.map((line) => (
              <Line key={line.name} line={line} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Line({ line: { name, about, phone, url } }: { readonly line: Helpline }) {
  const words = useHelpWords();
  const language = useLanguage();
  return (
    <li class="line">
      <div class="stack tight">
        <strong>{name}</strong>
        <span class="soft">{about[language]}</span>
      </div>
      <div class="row">
        {phone && (
          <a class="button" href={`tel:${phone.replaceAll(' ', '')}`}>
            {words.call(phone)}
          </a>
        )}
        {url && (
          <a
            class="button"
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={`${name}: ${words.website}, ${words.newWindow}`}
          >
            {words.website} <span aria-hidden="true">↗</span>
          </a>
        )}
      </div>
    </li>
  );
}

/** Closed at first: the page stays short. */
export function MoreHelp({ texts }: { readonly texts: Texts }) {
  const words = useHelpWords();
  return (
    <details class="card more">
      <summary>
        {words.welcome.soon} <span class="link">{words.helplines}</span>
      </summary>
      <Helplines texts={texts} />
    </details>
  );
}
