import { useEffect, useState } from 'preact/hooks';
import { useLanguage, useWords } from '../language/language.ts';
import { Notice } from '../ui/notice.tsx';
import { Told } from '../ui/show.tsx';
import { homeWords } from './words.ts';

export function AboutPage() {
  const words = useWords(homeWords);
  const hasHelpPage = useHelpPage();
  useEffect(() => {
    document.title = `Vigie: ${words.title}`;
  }, [words]);
  return (
    <div class="stack loose">
      <div class="hero stack">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </div>
      <Readiness />
      <div class="grid">
        {hasHelpPage && <Door {...words.help} isHelp />}
        {words.doors.map((door) => (
          <Door key={door.href} {...door} />
        ))}
      </div>
    </div>
  );
}

interface DoorProps {
  readonly href: string;
  readonly title: string;
  readonly text: string;
  readonly isHelp?: boolean;
}

function Door({ href, title, text, isHelp = false }: DoorProps) {
  return (
    <a class={`card door stack tight ${isHelp ? 'help' : ''}`} href={href}>
      <h2>{title}</h2>
      <p>{text}</p>
    </a>
  );
}

type Ready = 'unknown' | 'ready' | { readonly why: string };

function Readiness() {
  const words = useWords(homeWords);
  const language = useLanguage();
  const [ready, setReady] = useState<Ready>('unknown');
  useEffect(() => {
    askWhetherReady().then(setReady);
  }, []);
  if (ready === 'unknown') return <p class="soft">{words.checking}</p>;
  if (ready === 'ready') return <Notice kind="good">{words.ready}</Notice>;
  return (
    <Notice kind="bad">
      {words.notReady}
      {language === 'fr' ? ' : ' : ': '}
      <Told>{ready.why}</Told>
    </Notice>
  );
}

async function askWhetherReady(): Promise<Ready> {
  try {
    const answer = await fetch('/readyz', { cache: 'no-store' });
    if (answer.ok) return 'ready';
    const { detail } = (await answer.json()) as { detail?: string };
    return { why: detail ?? `${answer.status}` };
  } catch {
    return { why: 'no answer' };
  }
}

/** An operator may have moved the page or turned it off. */
function useHelpPage(): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    fetch('/help-me', { method: 'HEAD' }).then(
      ({ ok }) => setThere(ok),
      () => {},
    );
  }, []);
  return isThere;
}
