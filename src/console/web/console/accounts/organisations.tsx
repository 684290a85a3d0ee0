import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { uiWords } from '../../ui/words.ts';
import { accountWords } from './words.ts';

export function Organisations() {
  const words = useWords(accountWords);
  const organisations = useCall('GET /v1/organisations');
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="card stack">
      <div class="row spread">
        <h2>{words.organisations}</h2>
        <button type="button" onClick={() => setOpen(true)}>
          {words.newOrganisation}
        </button>
      </div>
      <Loading of={organisations}>
        {({ items }) => (
          <Table
            caption={words.organisations}
            isCaptionHidden
            columns={[words.name, words.id, words.kind, words.state]}
            rows={items.map(({ id, name, kind, confirmedAt }) => ({
              key: id,
              cells: [
                <Told key="name">{name}</Told>,
                <code key="id">{id}</code>,
                words.kinds[kind] ?? kind,
                confirmedAt ? words.confirmed : <Confirm key="confirm" id={id} onDone={organisations.reload} />,
              ],
            }))}
          />
        )}
      </Loading>
      {isOpen && (
        <NewOrganisation
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            organisations.reload();
          }}
        />
      )}
    </section>
  );
}

function Confirm({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const words = useWords(accountWords);
  const confirming = useAction(id, async (idempotencyKey) => {
    await call('POST /v1/organisations/{id}/confirm', { path: { id }, idempotencyKey });
    onDone();
  });
  return (
    <span class="stack tight">
      <span class="badge warn">{words.waits}</span>
      <span>
        <button type="button" disabled={confirming.isBusy} onClick={() => void confirming.run()}>
          {words.confirm}
          <span class="hidden"> {id}</span>
        </button>
      </span>
      <Failure error={confirming.error} />
    </span>
  );
}

const kinds = ['platform', 'hotline', 'police', 'helpline', 'operator'] as const;

function NewOrganisation({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const words = useWords(accountWords);
  const ui = useWords(uiWords);
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<(typeof kinds)[number]>('platform');
  const creating = useAction([id, name, kind], async (idempotencyKey) => {
    await call('POST /v1/organisations', { body: { id, name, kind }, idempotencyKey });
    onDone();
  });
  return (
    <Dialog title={words.newOrganisation} isOpen onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void creating.run();
        }}
      >
        <Field label={words.name} value={name} onType={setName} maxLength={200} required />
        <Field label={words.id} hint={words.idHint} value={id} onType={setId} maxLength={63} required />
        <Choice
          label={words.kind}
          value={kind}
          options={kinds.map((one) => [one, words.kinds[one] ?? one])}
          onChoose={(chosen) => setKind(kinds.find((one) => one === chosen) ?? 'platform')}
        />
        <Failure error={creating.error} />
        <div class="row">
          <button type="submit" class="main" disabled={creating.isBusy}>
            {words.create}
          </button>
          <button type="button" onClick={onClose}>
            {ui.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
