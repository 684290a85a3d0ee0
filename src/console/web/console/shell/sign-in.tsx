import { useState } from 'preact/hooks';
import { signIn } from '../../api/session.ts';
import { useAction } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { shellWords } from './words.ts';

export function SignInPage() {
  const words = useWords(shellWords);
  return (
    <div class="narrow">
      <Page title={words.signIn} lead={words.signInLead}>
        <div class="card">
          <SignInForm />
        </div>
      </Page>
    </div>
  );
}

/** Over the page, which keeps its forms. */
export function SignInAgain({ isOpen }: { readonly isOpen: boolean }) {
  const words = useWords(shellWords);
  return (
    <Dialog title={words.expired} isOpen={isOpen}>
      <p>{words.expiredLead}</p>
      <SignInForm />
    </Dialog>
  );
}

export function SignInForm() {
  const words = useWords(shellWords);
  const [key, setKey] = useState('');
  const entering = useAction(key, () => signIn(key));
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void entering.run();
      }}
    >
      <Field label={words.key} hint={words.keyHint} type="password" value={key} onType={setKey} autocomplete="off" required />
      <Failure error={entering.error} />
      <div>
        <button type="submit" class="main" disabled={entering.isBusy}>
          {words.signIn}
        </button>
      </div>
    </form>
  );
}
