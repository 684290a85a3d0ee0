import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Notice } from '../ui/notice.tsx';
import { CaseProblem } from './cases.ts';
import { useHelpWords } from './words/words.ts';

const steps = 4;

interface ScreenProps {
  readonly heading: string;
  readonly lead?: ComponentChildren;
  readonly step?: number;
  readonly children: ComponentChildren;
}

/** The heading takes the focus, so that screen readers say where the person is now. */
export function Screen({ heading, lead, step, children }: ScreenProps) {
  const words = useHelpWords();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    title.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div class="stack loose screen">
      <header class="stack tight">
        {step !== undefined && (
          <p class="small soft progress">
            <span class="dots" aria-hidden="true">
              {Array.from({ length: steps }, (_, at) => (
                <span key={at} class={at < step ? 'dot past' : 'dot'} />
              ))}
            </span>
            {words.step(step, steps)}
          </p>
        )}
        <h1 ref={title} tabIndex={-1}>
          {heading}
        </h1>
        {lead && <p class="lead">{lead}</p>}
      </header>
      {children}
    </div>
  );
}

interface StepButtonsProps {
  readonly onBack: () => void;
  readonly next: string;
  readonly isBusy?: boolean;
}

/** The button of the form, and the way back. */
export function StepButtons({ onBack, next, isBusy = false }: StepButtonsProps) {
  const words = useHelpWords();
  return (
    <div class="row spread reverse">
      <button type="submit" class="main wide" aria-disabled={isBusy}>
        {next}
      </button>
      <button type="button" onClick={onBack} disabled={isBusy}>
        {words.back}
      </button>
    </div>
  );
}

/** @param rejected what a refusal by the service means here */
export function Problem({ error, rejected }: { readonly error: unknown; readonly rejected?: string }) {
  const words = useHelpWords();
  if (!error) return null;
  const { kind, minutes } = error instanceof CaseProblem ? error : new CaseProblem('server');
  const texts = {
    offline: words.problem.offline,
    busy: words.problem.busy(minutes),
    server: words.problem.server,
    rejected: rejected ?? words.problem.rejected,
    unknown_case: words.return.wrong,
  };
  return <Notice kind="bad">{texts[kind]}</Notice>;
}
