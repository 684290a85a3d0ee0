import { session } from '../../api/session.ts';
import { useWords } from '../../language/language.ts';
import { Page } from '../../ui/page.tsx';
import { Keys } from './keys.tsx';
import { Organisations } from './organisations.tsx';
import { accountWords } from './words.ts';

export function AccountsPage() {
  const words = useWords(accountWords);
  const who = session();
  const isOperator = typeof who === 'object' && who.caller.role === 'operator';
  return (
    <Page title={words.title} lead={words.lead}>
      {isOperator && <Organisations />}
      <Keys isOperator={isOperator} />
    </Page>
  );
}
