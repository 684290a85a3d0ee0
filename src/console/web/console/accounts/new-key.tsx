import { useState } from 'preact/hooks';
import { type Answer, call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useTerms } from '../../ui/terms.ts';
import { uiWords } from '../../ui/words.ts';
import { accountWords } from './words.ts';

const roles = ['platform', 'flagger', 'analyst', 'reviewer', 'operator', 'auditor'] as const;

/** Creates a key and shows it once. */
export function NewKey({ onClose }: { readonly onClose: () => void }) {
  const words = useWords(accountWords);
  const [minted, setMinted] = useState<Answer<'POST /v1/keys'>>();
  return (
    <Dialog title={words.newKey} isOpen onClose={onClose}>
      {minted ? (
        <>
          <Notice kind="good">{words.shown}</Notice>
          <pre>
            <code>{minted.key}</code>
          </pre>
          {!minted.confirmed && <p>{words.waitsNote}</p>}
          <div>
            <button type="button" class="main" onClick={onClose}>
              {words.done}
            </button>
          </div>
        </>
      ) : (
        <NewKeyForm onMinted={setMinted} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface NewKeyFormProps {
  readonly onMinted: (minted: Answer<'POST /v1/keys'>) => void;
  readonly onClose: () => void;
}

function NewKeyForm({ onMinted, onClose }: NewKeyFormProps) {
  const words = useWords(accountWords);
  const ui = useWords(uiWords);
  const term = useTerms();
  const organisations = useCall('GET /v1/organisations');
  const [chosen, setOrganisation] = useState('');
  const [role, setRole] = useState<(typeof roles)[number]>('platform');
  const [person, setPerson] = useState('');
  const [expires, setExpires] = useState('');
  const organisation = chosen || organisations.value?.items[0]?.id || '';
  const creating = useAction([organisation, role, person, expires], async (idempotencyKey) => {
    const optional = { ...(person ? { person } : {}), ...(expires ? { expiresAt: `${expires}T00:00:00Z` } : {}) };
    onMinted(await call('POST /v1/keys', { body: { organisation, role, ...optional }, idempotencyKey }));
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void creating.run();
      }}
    >
      <Choice
        label={words.organisation}
        value={organisation}
        options={(organisations.value?.items ?? []).map(({ id, name }) => [id, name])}
        onChoose={setOrganisation}
      />
      <Choice
        label={words.role}
        value={role}
        options={roles.map((name) => [name, term('role', name)])}
        onChoose={(name) => setRole(roles.find((one) => one === name) ?? 'platform')}
      />
      <Field label={words.person} hint={words.personHint} value={person} onType={setPerson} maxLength={200} />
      <Field label={words.expires} hint={words.expiresHint} type="date" value={expires} onType={setExpires} />
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
  );
}
