import { useEffect, useState } from 'preact/hooks';
import { Refusal } from '../../api/problem.ts';
import { useAction } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Area, Tick } from '../../ui/field.tsx';
import { uiWords } from '../../ui/words.ts';
import { type Act, act } from './act.ts';
import { LoadedRadius } from './blast-radius.tsx';
import type { Entry } from './entry.ts';
import { entryWords } from './words.ts';

interface ActDialogProps {
  readonly act: Act;
  readonly entry: Entry;
  readonly onClose: () => void;
  readonly onDone: (isWaiting: boolean) => void;
  /** Somebody else was first: the page shows an old state. */
  readonly onConflict: () => void;
}

/** Asks for a reason. Before a confirmation it shows what the confirmation would hit. */
export function ActDialog({ act: name, entry, onClose, onDone, onConflict }: ActDialogProps) {
  const words = useWords(entryWords);
  const ui = useWords(uiWords);
  const [reason, setReason] = useState('');
  const [byVictim, setByVictim] = useState(false);
  const acting = useAction({ name, reason, byVictim }, async (key) => {
    const after = await act(name, entry.id, reason.trim(), byVictim, key);
    onDone(after.withdrawal !== null);
  });
  useEffect(() => {
    if (acting.error instanceof Refusal && acting.error.status === 409) onConflict();
  }, [acting.error]);
  return (
    <Dialog title={words.act[name]} isOpen onClose={onClose}>
      <p>{words.about[name]}</p>
      {name === 'confirm' && <LoadedRadius id={entry.id} />}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void acting.run();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <Area
          label={name === 'confirm' ? words.remark : words.reason}
          hint={words.send}
          value={reason}
          onType={setReason}
          required={name !== 'confirm'}
          maxLength={500}
        />
        {name === 'withdraw' && <Tick label={words.byVictim} checked={byVictim} onTick={setByVictim} />}
        <Failure error={acting.error} />
        <div class="row">
          <button type="submit" class={name === 'withdraw' ? 'danger' : 'main'} disabled={acting.isBusy}>
            {words.act[name]}
          </button>
          <button type="button" onClick={onClose}>
            {ui.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
