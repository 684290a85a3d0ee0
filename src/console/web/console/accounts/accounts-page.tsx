import { useWords } from '../../language/language.ts';
import { Page } from '../../ui/page.tsx';
import { useRole } from '../shell/use-session.ts';
import { Keys } from './keys.tsx';
import { Organisations } from './organisations.tsx';
import { accountWords } from './words.ts';

export function AccountsPage() {
  const words = useWords(accountWords);
  const isOperator = useRole() === 'operator';
  return (
    <Page title={words.title} lead={words.lead}>
      {isOperator && <Organisations />}
      <Keys isOperator={isOperator} />
    </Page>
  );
}
