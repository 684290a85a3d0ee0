import { useState } from 'preact/hooks';
import type { Role } from '../../api/session.ts';
import { useWords } from '../../language/language.ts';
import type { QueueItem } from '../queue/queue-item.ts';
import { queueWords } from '../queue/words.ts';
import { useRole } from '../shell/use-session.ts';
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

/** What nobody may do with their own work. */
const deciding: readonly Act[] = ['confirm', 'release'];
const analystOnly: readonly Act[] = ['withdraw', 'restore'];

function actsOf({ status }: Entry, role: Role | undefined): readonly Act[] {
  return acts[status].filter((act) => role === 'analyst' || !analystOnly.includes(act));
}

interface ActsProps {
  readonly entry: Entry;
  /** Absent while it is being loaded. */
  readonly item: QueueItem | undefined;
  readonly onDone: () => void;
}

export function Acts({ entry, item, onDone }: ActsProps) {
  const words = useWords(entryWords);
  const [chosen, setChosen] = useState<Act>();
  const [told, setTold] = useState('');
  const queue = useWords(queueWords);
  const role = useRole();
  return (
    <section class="card stack">
      <h2>{words.acts}</h2>
      <p role="status" class="good">
        {told}
      </p>
      {item?.whyNot && <p class="soft">{queue.why[item.whyNot]}</p>}
      <div class="row">
        {actsOf(entry, role).map((act) => (
          <button
            key={act}
            type="button"
            class={act === 'confirm' ? 'main' : act === 'withdraw' ? 'danger' : undefined}
            disabled={deciding.includes(act) && item?.whyNot != null}
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
          onConflict={onDone}
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
