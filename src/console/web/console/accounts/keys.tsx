import { useState } from 'preact/hooks';
import { type Answer, call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Tick } from '../../ui/field.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { uiWords } from '../../ui/words.ts';
import { NewKey } from './new-key.tsx';
import { accountWords } from './words.ts';

type Key = Answer<'GET /v1/keys'>['items'][number];

export function Keys({ isOperator }: { readonly isOperator: boolean }) {
  const words = useWords(accountWords);
  const term = useTerms();
  const format = useFormat();
  const keys = useCall('GET /v1/keys');
  const [isOpen, setOpen] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  return (
    <section class="card stack">
      <div class="row spread">
        <h2>{words.keys}</h2>
        {isOperator && (
          <button type="button" onClick={() => setOpen(true)}>
            {words.newKey}
          </button>
        )}
      </div>
      <Tick label={`${words.show} ${words.all}`} checked={showsAll} onTick={setShowsAll} />
      <Loading of={keys}>
        {({ items }) => (
          <Table
            caption={words.keys}
            isCaptionHidden
            columns={[words.key, words.person, words.role, words.organisation, words.expires, words.state]}
            rows={items
              .filter(({ revokedAt }) => showsAll || revokedAt === null)
              .map((key) => ({
                key: key.id,
                class: key.revokedAt ? 'dimmed' : '',
                cells: [
                  <code key="id">{key.id}</code>,
                  key.person && <Told key="person">{key.person}</Told>,
                  term('role', key.role),
                  <Told key="organisation">{key.organisation}</Told>,
                  key.expiresAt ? format.moment(key.expiresAt) : words.never,
                  <KeyState key="state" of={key} isOperator={isOperator} onDone={keys.reload} />,
                ],
              }))}
          />
        )}
      </Loading>
      {isOpen && <NewKey onClose={() => [setOpen(false), keys.reload()]} />}
    </section>
  );
}

interface KeyStateProps {
  readonly of: Key;
  readonly isOperator: boolean;
  readonly onDone: () => void;
}

function KeyState({ of: { id, revokedAt, expiresAt, confirmed, ownWork }, isOperator, onDone }: KeyStateProps) {
  const words = useWords(accountWords);
  const [isRevoking, setRevoking] = useState(false);
  const confirming = useAction(['confirm', id], async (idempotencyKey) => {
    await call('POST /v1/keys/{id}/confirm', { path: { id }, idempotencyKey });
    onDone();
  });
  if (revokedAt) return <span class="badge grey">{words.revoked}</span>;
  const isExpired = expiresAt !== null && new Date(expiresAt).getTime() <= Date.now();
  return (
    <span class="stack tight">
      <span>
        <span class={`badge ${isExpired ? 'grey' : confirmed ? 'good' : 'warn'}`}>
          {isExpired ? words.expired : confirmed ? words.usable : words.waits}
        </span>
      </span>
      {!confirmed && ownWork && <span class="small">{words.ownWork}</span>}
      <Failure error={confirming.error} />
      {isOperator && (
        <span class="row">
          {!confirmed && !ownWork && (
            <button type="button" disabled={confirming.isBusy} onClick={() => void confirming.run()}>
              {words.confirm}
              <span class="hidden"> {id}</span>
            </button>
          )}
          <button type="button" class="danger" onClick={() => setRevoking(true)}>
            {words.revoke}
            <span class="hidden"> {id}</span>
          </button>
        </span>
      )}
      {isRevoking && <Revoke id={id} onClose={() => setRevoking(false)} onDone={onDone} />}
    </span>
  );
}

function Revoke({ id, onClose, onDone }: { readonly id: string; readonly onClose: () => void; readonly onDone: () => void }) {
  const words = useWords(accountWords);
  const ui = useWords(uiWords);
  const revoking = useAction(['revoke', id], async (idempotencyKey) => {
    await call('POST /v1/keys/{id}/revoke', { path: { id }, idempotencyKey });
    onClose();
    onDone();
  });
  return (
    <Dialog title={`${words.revoke}: ${id}`} isOpen onClose={onClose}>
      <p>{words.revokeAbout}</p>
      <Failure error={revoking.error} />
      <div class="row">
        <button type="button" class="danger" disabled={revoking.isBusy} onClick={() => void revoking.run()}>
          {words.revoke}
        </button>
        <button type="button" onClick={onClose}>
          {ui.cancel}
        </button>
      </div>
    </Dialog>
  );
}
