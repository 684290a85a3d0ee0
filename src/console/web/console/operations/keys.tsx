import type { Answer } from '../../api/call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { operationsWords } from './words.ts';

type Operations = Answer<'GET /v1/operations'>;

export function RefusedKeys({ refusals }: { readonly refusals: Operations['refusals'] }) {
  const words = useWords(operationsWords);
  const format = useFormat();
  return (
    <section class="card">
      <Table
        caption={words.refusals}
        empty={words.noRefusals}
        columns={[words.key, words.organisation, { number: '429' }, { number: '503' }]}
        rows={refusals.map(({ key, organisation, tooMany, unavailable }) => ({
          key,
          cells: [
            <code key="key">{key}</code>,
            <Told key="organisation">{organisation}</Told>,
            format.number(tooMany),
            format.number(unavailable),
          ],
        }))}
      />
    </section>
  );
}

export function ExpiringKeys({ keys }: { readonly keys: Operations['keysNearExpiry'] }) {
  const words = useWords(operationsWords);
  const term = useTerms();
  const format = useFormat();
  return (
    <section class="card">
      <Table
        caption={words.expiring}
        empty={words.noExpiring}
        columns={[words.key, words.organisation, words.role, words.expires]}
        rows={keys.map(({ id, organisation, role, expiresAt }) => ({
          key: id,
          cells: [
            <code key="key">{id}</code>,
            <Told key="organisation">{organisation}</Told>,
            term('role', role),
            format.moment(expiresAt),
          ],
        }))}
      />
    </section>
  );
}
