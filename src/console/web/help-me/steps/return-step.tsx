import { useRef, useState } from 'preact/hooks';
import { Field, Tick } from '../../ui/field.tsx';
import { looksLikeCaseNumber } from '../case-number.ts';
import { type CaseKey, type CaseStatus, caseStatus } from '../cases.ts';
import { PinField } from '../pin-field.tsx';
import { Problem, Screen, StepButtons } from '../screen.tsx';
import { useHelpWords } from '../words/words.ts';

interface ReturnProps {
  readonly caseNumber: string;
  readonly onBack: () => void;
  readonly onFound: (key: CaseKey, status: CaseStatus) => void;
}

export function ReturnStep({ caseNumber, onBack, onFound }: ReturnProps) {
  const words = useHelpWords();
  const [number, setNumber] = useState(caseNumber);
  const [pin, setPin] = useState('');
  const [isShown, setShown] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const busy = useRef(false);
  const isNumber = looksLikeCaseNumber(number);

  async function look(): Promise<void> {
    setAsked(true);
    if (busy.current || !isNumber || pin.length < 6) return;
    busy.current = true;
    setBusy(true);
    setError(undefined);
    const key = { caseNumber: number.trim(), pin };
    try {
      onFound(key, await caseStatus(key));
    } catch (problem) {
      setError(problem);
    } finally {
      busy.current = false;
      setBusy(false);
    }
  }

  return (
    <Screen heading={words.return.heading} lead={words.return.lead}>
      <form
        class="stack loose"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <div class="card stack">
          <Field
            label={words.return.number}
            hint={words.return.numberHint}
            error={isAsked && !isNumber ? words.return.notANumber : undefined}
            value={number}
            maxLength={40}
            onType={setNumber}
          />
          <PinField
            label={words.pin.pin}
            error={isAsked && pin.length < 6 ? words.pin.short : undefined}
            value={pin}
            isShown={isShown}
            onType={setPin}
          />
          <Tick label={words.pin.show} checked={isShown} onTick={setShown} />
        </div>
        <Problem error={error} rejected={words.return.notANumber} />
        <StepButtons onBack={onBack} next={words.return.see} isBusy={isBusy} />
      </form>
    </Screen>
  );
}
