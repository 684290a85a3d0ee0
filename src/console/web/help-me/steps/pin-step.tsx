import { useEffect, useRef, useState } from 'preact/hooks';
import type { Hashes } from '../../hashing/hasher.ts';
import { useLanguage } from '../../language/language.ts';
import { Tick } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { newRequestId, type OpenedCase, openCase } from '../cases.ts';
import { PinField } from '../pin-field.tsx';
import { Problem, Screen, StepButtons } from '../screen.tsx';
import { useHelpWords } from '../words/words.ts';

const minLength = 6;

interface PinProps {
  readonly hashes: readonly Hashes[];
  readonly appearedAt: string;
  readonly onBack: () => void;
  readonly onOpened: (opened: OpenedCase) => void;
}

export function PinStep({ hashes, appearedAt, onBack, onOpened }: PinProps) {
  const { pin: words } = useHelpWords();
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [isShown, setShown] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const opening = useOpening({ hashes, appearedAt, pin }, onOpened);
  const [isShort, isDifferent] = [pin.length < minLength, pin !== again];
  return (
    <Screen step={3} heading={words.heading} lead={words.lead}>
      <form
        class="stack loose"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (!isShort && !isDifferent) void opening.run();
        }}
      >
        <div class="card stack">
          <PinField
            label={words.pin}
            hint={words.pinHint}
            error={isAsked && isShort ? words.short : undefined}
            value={pin}
            isShown={isShown}
            onType={setPin}
          />
          <PinField
            label={words.again}
            error={isAsked && !isShort && isDifferent ? words.different : undefined}
            value={again}
            isShown={isShown}
            onType={setAgain}
          />
          <Tick label={words.show} checked={isShown} onTick={setShown} />
        </div>
        <Notice>{words.warning}</Notice>
        <div role="status">{opening.state === 'proving' ? words.proving : opening.state === 'opening' ? words.opening : ''}</div>
        {opening.state === 'still' && <Problem error={opening.error} />}
        <StepButtons onBack={onBack} next={words.open} isBusy={opening.state !== 'still'} />
      </form>
    </Screen>
  );
}

/** A double click opens one case, and a second try after a lost answer gets the first case. */
function useOpening(
  content: { readonly hashes: readonly Hashes[]; readonly appearedAt: string; readonly pin: string },
  onOpened: (opened: OpenedCase) => void,
) {
  const language = useLanguage();
  const [state, setState] = useState<'still' | 'opening' | 'proving'>('still');
  const [error, setError] = useState<unknown>();
  const isBusy = useRef(false);
  const request = useRef({ of: '', id: '' });
  const isHere = useRef(true);
  useEffect(
    () => () => {
      isHere.current = false;
    },
    [],
  );

  async function run(): Promise<void> {
    if (isBusy.current) return;
    isBusy.current = true;
    setState('opening');
    setError(undefined);
    const of = JSON.stringify(content);
    if (request.current.of !== of) request.current = { of, id: newRequestId() };
    try {
      const opened = await openCase({ ...content, language, request: request.current.id }, () => setState('proving'));
      if (isHere.current) onOpened(opened);
    } catch (problem) {
      setError(problem);
    } finally {
      isBusy.current = false;
      setState('still');
    }
  }

  return { state, error, run };
}
