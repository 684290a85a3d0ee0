import { useWords } from '../../language/language.ts';
import { Verdict } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import type { HashList } from './hash-list.ts';
import { listWords } from './words.ts';

type Cells = Readonly<Record<string, string | undefined>>;
const certainties = ['exact', 'tight', 'wide'] as const;

interface Matrix {
  readonly verified?: Cells;
  readonly unverified?: Cells;
}

/** What each certainty of a match leads to. Cells that the list leaves empty say that the default applies. */
export function PolicyMatrix({ list: { policy } }: { readonly list: HashList }) {
  const words = useWords(listWords);
  const term = useTerms();
  const { classes, ...whole } = policy;
  const matrices: readonly (readonly [name: string, matrix: Matrix])[] = [
    ['', whole],
    ...Object.entries(classes ?? {}).flatMap(([name, matrix]) => (matrix ? [[term('class', name), matrix] as const] : [])),
  ];
  return (
    <section class="card stack">
      {matrices.map(([name, matrix]) => (
        <Table
          key={name}
          caption={name ? `${words.policy} · ${name}` : words.policy}
          columns={[words.certainty, words.verified, words.unverified]}
          rows={certainties.map((certainty) => ({
            key: certainty,
            cells: [
              certainty,
              <Cell key="verified" leads={matrix.verified?.[certainty]} />,
              <Cell key="unverified" leads={matrix.unverified?.[certainty]} />,
            ],
          }))}
        />
      ))}
    </section>
  );
}

function Cell({ leads }: { readonly leads: string | undefined }) {
  const words = useWords(listWords);
  return leads ? <Verdict verdict={leads} /> : <span class="soft">{words.default}</span>;
}
