import { useRef, useState } from 'preact/hooks';
import { Tick } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { OpenedCase } from '../cases.ts';
import { Screen } from '../screen.tsx';
import { useHelpWords } from '../words/words.ts';

interface NumberProps {
  readonly opened: OpenedCase;
  readonly onDone: () => void;
}

/** The only time that the number is shown. */
export function NumberStep({ opened: { caseNumber, files }, onDone }: NumberProps) {
  const { number: words } = useHelpWords();
  const [isSaved, setSaved] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const refused = files.filter(({ state }) => state === 'refused').length;
  return (
    <Screen step={4} heading={words.heading} lead={words.lead}>
      <form
        class="stack loose"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSaved) onDone();
          else setAsked(true);
        }}
      >
        <section class="card stack number" aria-labelledby="number-label">
          <h2 id="number-label">{words.label}</h2>
          <Shown caseNumber={caseNumber} />
          <p class="only-print">{words.printed}</p>
        </section>
        <Notice kind="warn">{words.once}</Notice>
        {refused > 0 && <Notice>{words.refused(refused)}</Notice>}
        <div class="no-print">
          <Tick label={words.saved} checked={isSaved} onTick={setSaved} />
        </div>
        {isAsked && !isSaved && <Notice kind="warn">{words.unsaved}</Notice>}
        <div class="no-print">
          <button type="submit" class="main wide">
            {words.done}
          </button>
        </div>
      </form>
    </Screen>
  );
}

function Shown({ caseNumber }: { readonly caseNumber: string }) {
  const { number: words } = useHelpWords();
  const shown = useRef<HTMLElement>(null);
  const [isCopied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(caseNumber);
      setCopied(true);
    } catch {
      // Without HTTPS or without the right, the person copies the selected text.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
    }
  }

  return (
    <>
      <p>
        <code ref={shown} class="case-number" data-testid="case-number">
          {caseNumber}
        </code>
      </p>
      <div class="row no-print">
        <button type="button" onClick={() => void copy()}>
          {words.copy}
        </button>
        <button type="button" onClick={() => print()}>
          {words.print}
        </button>
        <span role="status">{isCopied && words.copied}</span>
      </div>
    </>
  );
}
