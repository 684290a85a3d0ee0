import { useState } from 'preact/hooks';
import { signOut } from '../api/session.ts';
import { SignInForm } from '../console/shell/sign-in.tsx';
import { useRole, useSession } from '../console/shell/use-session.ts';
import { useWords } from '../language/language.ts';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { useTerms } from '../ui/terms.ts';
import { Waiting } from '../ui/waiting.tsx';
import { CodeSamples } from './code-samples.tsx';
import type { Tried } from './tried.ts';
import { TryForm } from './try-form.tsx';
import { TryResult } from './try-result.tsx';
import { homeWords } from './words.ts';

export function TryPage() {
  const words = useWords(homeWords);
  const term = useTerms();
  const { signedIn } = useSession();
  const [tried, setTried] = useState<Tried>();
  const role = useRole();
  return (
    <Page title={words.try} lead={words.tryLead} aside={<a href="/">{words.back}</a>}>
      {signedIn === undefined && <Waiting />}
      {signedIn === 'nobody' && (
        <div class="card stack">
          <p>{words.signInFirst}</p>
          <SignInForm />
        </div>
      )}
      {role && role !== 'platform' && (
        <Notice kind="warn">
          <p class="row spread">
            {words.wrongRole(term('role', role))}
            <button type="button" onClick={() => void signOut()}>
              {words.signOut}
            </button>
          </p>
        </Notice>
      )}
      {role === 'platform' && (
        <div class="columns even">
          <TryForm onTried={setTried} />
          {tried && <TryResult tried={tried} />}
        </div>
      )}
      <CodeSamples hashes={tried?.hashes} />
    </Page>
  );
}
