import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useAction } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Area, Choice } from '../../ui/field.tsx';
import { Told } from '../../ui/show.tsx';
import { uiWords } from '../../ui/words.ts';
import type { LegalRequest } from './legal-request.ts';
import { legalWords } from './words.ts';

const outcomes = ['removed', 'refused', 'not_found', 'withdrawn'] as const;

interface OutcomeDialogProps {
  readonly kind: 'orders' | 'notices';
  readonly request: LegalRequest;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function OutcomeDialog({ kind, request, onClose, onDone }: OutcomeDialogProps) {
  const words = useWords(legalWords);
  const ui = useWords(uiWords);
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('removed');
  const [reason, setReason] = useState('');
  const closing = useAction([outcome, reason], async (idempotencyKey) => {
    const body = { outcome, ...(reason ? { reason } : {}) };
    await call(`POST /v1/${kind}/{id}/outcome`, { path: { id: request.id }, body, idempotencyKey });
    onDone();
  });
  return (
    <Dialog title={words.record} isOpen onClose={onClose}>
      <p>
        <Told>{request.reference}</Told>
      </p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void closing.run();
        }}
      >
        <Choice
          label={words.outcome}
          value={outcome}
          options={outcomes.map((name) => [name, words.outcomes[name]])}
          onChoose={(name) => setOutcome(outcomes.find((known) => known === name) ?? 'removed')}
        />
        <Area label={words.reason} value={reason} onType={setReason} required={outcome !== 'removed'} />
        <Failure error={closing.error} />
        <div class="row">
          <button type="submit" class="main" disabled={closing.isBusy}>
            {words.record}
          </button>
          <button type="button" onClick={onClose}>
            {ui.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
