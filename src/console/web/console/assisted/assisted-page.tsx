import { useState } from 'preact/hooks';
import type { Answer } from '../../api/call.ts';
import { useWords } from '../../language/language.ts';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { AssistedForm } from './assisted-form.tsx';
import { assistedWords } from './words.ts';

type Opened = Answer<'POST /v1/cases/assisted'>;

/** A helpline opens a case together with the person, who chooses the PIN. */
export function AssistedPage() {
  const words = useWords(assistedWords);
  const [opened, setOpened] = useState<Opened>();
  return (
    <Page title={words.title} lead={words.lead}>
      {opened ? <OpenedCase opened={opened} onNext={() => setOpened(undefined)} /> : <AssistedForm onOpened={setOpened} />}
    </Page>
  );
}

function OpenedCase({ opened: { caseNumber, files }, onNext }: { readonly opened: Opened; readonly onNext: () => void }) {
  const words = useWords(assistedWords);
  const refused = files.filter(({ state }) => state === 'refused').length;
  return (
    <section class="card stack" role="status">
      <h2>{words.opened}</h2>
      <p class="soft">{words.number}</p>
      <p class="big code">{caseNumber}</p>
      <Notice kind="warn">{words.once}</Notice>
      {refused > 0 && <Notice>{words.refused(refused)}</Notice>}
      <div>
        <button type="button" onClick={onNext}>
          {words.next}
        </button>
      </div>
    </section>
  );
}
