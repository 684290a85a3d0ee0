import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Operations } from '../../api/operations.ts';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { classes, useTerms } from '../../ui/terms.ts';
import { queueWords } from './words.ts';

export type Filters = Omit<Operations['GET /v1/queue']['query'], 'cursor' | 'limit'>;
type Kind = NonNullable<Filters['kind']>;

const kinds: readonly Kind[] = ['all', 'waiting_for_me', 'draft', 'disputed', 'quarantined'];

export function queueKinds(kind: string | undefined): Kind {
  return kinds.find((known) => known === kind) ?? 'all';
}

/** From the address of the page, so that the back button and a copied link keep them. */
export function filtersIn(query: Readonly<Record<string, string>>): Filters {
  const { list, series, source } = query;
  // A class that the API does not know is refused by it, with the names that it knows.
  const given = { list, series, source, class: query.class as Filters['class'] };
  const present = Object.entries(given).filter(([, value]) => value);
  return { kind: queueKinds(query.kind), ...Object.fromEntries(present) };
}

export function QueueFilters({ filters }: { readonly filters: Filters }) {
  const words = useWords(queueWords);
  const term = useTerms();
  const { route } = useLocation();
  const lists = useCall('GET /v1/lists');
  const [series, setSeries] = useState(filters.series ?? '');
  const [source, setSource] = useState(filters.source ?? '');
  // After the back button the fields show the filters of that page.
  useEffect(() => {
    setSeries(filters.series ?? '');
    setSource(filters.source ?? '');
  }, [filters.series, filters.source]);
  const apply = (changed: Filters) => {
    const given = Object.entries({ ...filters, series, source, ...changed }).filter(([, value]) => value);
    route(`/console/queue?${new URLSearchParams(given as [string, string][])}`);
  };
  const any = ['', words.any] as const;
  return (
    <form
      class="card grid"
      aria-label={words.filters}
      onSubmit={(event) => {
        event.preventDefault();
        apply({});
      }}
    >
      <Choice
        label={words.kind}
        value={queueKinds(filters.kind)}
        options={kinds.map((kind) => [kind, words.kinds[kind]])}
        onChoose={(kind) => apply({ kind: queueKinds(kind) })}
      />
      <Choice
        label={words.list}
        value={filters.list ?? ''}
        options={[any, ...(lists.value?.items ?? []).map(({ id, title }) => [id, title] as const)]}
        onChoose={(list) => apply({ list })}
      />
      <Choice
        label={words.class}
        value={filters.class ?? ''}
        options={[any, ...classes.map((name) => [name, term('class', name)] as const)]}
        onChoose={(name) => apply({ class: name as Filters['class'] })}
      />
      <Field label={words.series} value={series} onType={setSeries} />
      <Field label={words.source} value={source} onType={setSource} />
      <div class="row end">
        <button type="submit">{words.apply}</button>
        <a href="/console/queue" onClick={() => [setSeries(''), setSource('')]}>
          {words.clear}
        </a>
      </div>
    </form>
  );
}
