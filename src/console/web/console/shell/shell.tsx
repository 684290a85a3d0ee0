import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { type Session, signOut } from '../../api/session.ts';
import { languages, nameOf, useLanguage, useWords } from '../../language/language.ts';
import { Brand } from '../../ui/brand.tsx';
import { useTerms } from '../../ui/terms.ts';
import { sectionsOf } from './sections.ts';
import './shell.css';
import { shellWords } from './words.ts';

interface ShellProps {
  /** Absent: nobody is signed in. */
  readonly session: Session | undefined;
  readonly onLanguage: (language: string) => void;
  readonly children: ComponentChildren;
}

/** What every page of the console has around its content. */
export function Shell({ session, onLanguage, children }: ShellProps) {
  const words = useWords(shellWords);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar-top no-print">
        <div>
          <Brand href={session ? '/console' : '/'} />
          {session ? (
            <Menu session={session}>
              <LanguageSwitch onLanguage={onLanguage} />
            </Menu>
          ) : (
            <div class="who">
              <LanguageSwitch onLanguage={onLanguage} />
            </div>
          )}
        </div>
      </header>
      <main id="content" class="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Menu({ session, children }: { readonly session: Session; readonly children: ComponentChildren }) {
  const words = useWords(shellWords);
  const { path } = useLocation();
  const isWide = useIsWide();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  return (
    <details class="menu" open={isOpen || isWide} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.menu}</summary>
      <nav aria-label={words.sections}>
        <ul class="sections">
          {sectionsOf(session.caller.role).map((section) => (
            <li key={section}>
              <a href={`/console/${section}`} aria-current={path.startsWith(`/console/${section}`) ? 'page' : undefined}>
                {words[section]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="who">
        <Who session={session} />
        {children}
      </div>
    </details>
  );
}

function useIsWide(): boolean {
  const [isWide, setWide] = useState(() => matchMedia('(width >= 60rem)').matches);
  useEffect(() => {
    const wide = matchMedia('(width >= 60rem)');
    const change = () => setWide(wide.matches);
    wide.addEventListener('change', change);
    return () => wide.removeEventListener('change', change);
  }, []);
  return isWide;
}

function Who({ session: { caller } }: { readonly session: Session }) {
  const words = useWords(shellWords);
  const term = useTerms();
  const name = caller.personName ?? caller.key;
  return (
    <>
      <p class="small given">
        <bdi>{name}</bdi>
        <span class="soft">
          {' · '}
          {term('role', caller.role)}
          {' · '}
          <bdi>{caller.organisationName ?? caller.organisation}</bdi>
        </span>
      </p>
      <button type="button" onClick={() => void signOut()}>
        {words.signOut}
      </button>
    </>
  );
}

function LanguageSwitch({ onLanguage }: { readonly onLanguage: (language: string) => void }) {
  const words = useWords(shellWords);
  const language = useLanguage();
  return (
    <select aria-label={words.language} value={language} onChange={(event) => onLanguage(event.currentTarget.value)}>
      {languages.map((name) => (
        <option key={name} value={name} lang={name}>
          {nameOf[name]}
        </option>
      ))}
    </select>
  );
}
