import { useState } from 'preact/hooks';
import { type Session, session } from '../../api/session.ts';
import { useWords } from '../../language/language.ts';
import type { Act } from './act.ts';
import { ActDialog } from './act-dialog.tsx';
import type { Entry } from './entry.ts';
import { entryWords } from './words.ts';

/** The acts that make sense for a status. The service decides whether this person may do them. */
const acts: Readonly<Record<Entry['status'], readonly Act[]>> = {
  draft: ['confirm', 'reject', 'withdraw'],
  verified: ['confirm', 'dispute', 'withdraw'],
  disputed: ['confirm', 'release', 'withdraw'],
  quarantined: ['release', 'dispute', 'withdraw'],
  withdrawn: ['restore'],
};

const analystOnly: readonly Act[] = ['withdraw', 'restore'];

function actsOf({ status }: Entry, who: Session | undefined): readonly Act[] {
  return acts[status].filter((act) => who?.caller.role === 'analyst' || !analystOnly.includes(act));
}

export function Acts({ entry, onDone }: { readonly entry: Entry; readonly onDone: () => void }) {
  const words = useWords(entryWords);
  const [chosen, setChosen] = useState<Act>();
  const [told, setTold] = useState('');
  const who = session();
  return (
    <section class="card stack">
      <h2>{words.acts}</h2>
      <p role="status" class="good">
        {told}
      </p>
      <div class="row">
        {actsOf(entry, typeof who === 'object' ? who : undefined).map((act) => (
          <button
            key={act}
            type="button"
            class={act === 'confirm' ? 'main' : act === 'withdraw' ? 'danger' : undefined}
            onClick={() => setChosen(act)}
          >
            {words.act[act]}
          </button>
        ))}
      </div>
      {chosen && (
        <ActDialog
          act={chosen}
          entry={entry}
          onClose={() => setChosen(undefined)}
          onDone={(isWaiting) => {
            setChosen(undefined);
            setTold(isWaiting ? words.waits : words.done);
            onDone();
          }}
        />
      )}
    </section>
  );
}
