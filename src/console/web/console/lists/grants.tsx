import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useRole } from '../shell/use-session.ts';
import { listWords } from './words.ts';

/** Who may do what with a list. Only operators may see it. */
export function Grants({ id }: { readonly id: string }) {
  const words = useWords(listWords);
  const isOperator = useRole() === 'operator';
  const grants = useCall('GET /v1/lists/{id}/grants', isOperator ? { path: { id } } : undefined);
  if (!isOperator) return null;
  return (
    <section class="card stack">
      <Loading of={grants}>
        {({ items }) => (
          <Table
            caption={words.grants}
            columns={[words.organisation, words.granted]}
            rows={items.map(({ organisation, rights }) => ({
              key: organisation,
              cells: [<Told key="organisation">{organisation}</Told>, rights.join(', ')],
            }))}
          />
        )}
      </Loading>
    </section>
  );
}
