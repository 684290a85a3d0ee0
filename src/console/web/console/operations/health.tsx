import type { Answer } from '../../api/call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Ago, Figure } from '../../ui/show.tsx';
import { uiWords } from '../../ui/words.ts';
import { operationsWords } from './words.ts';

/** What an operator looks at first. A figure that nobody knows says so. */
export function Health({
  operations: { audit, probing, canaryMatches, backup, orders, notices },
}: {
  readonly operations: Answer<'GET /v1/operations'>;
}) {
  const words = useWords(operationsWords);
  const ui = useWords(uiWords);
  const format = useFormat();
  const known = (value: number | null) => (value === null ? ui.unknown : format.number(value));
  const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
  return (
    <section class="stack">
      <h2>{words.health}</h2>
      <div class="grid">
        <Figure
          name={words.audit}
          value={known(audit.unsealed)}
          note={audit.anchorAgeSeconds !== null && words.auditNote(format.duration(Math.round(audit.anchorAgeSeconds)))}
        />
        <Figure name={words.probing} value={known(probing.alerts)} note={words.probingNote(probing.limitedKeys)} />
        <Figure name={words.canaries} value={known(canaryMatches)} />
        <Figure name={words.backup} value={backup.takenAt ? <Ago at={backup.takenAt} /> : words.never} note={words.backupNote} />
        <Figure
          name={words.overdue}
          value={known(sum(orders.overdue, notices.overdue))}
          note={words.open(sum(orders.open, notices.open) ?? 0)}
        />
      </div>
    </section>
  );
}
