import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Operations } from '../../api/operations.ts';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Told, Verdict } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { matchWords } from './words.ts';

type VerdictName = NonNullable<Operations['GET /v1/matches']['query']['verdict']>;
const verdicts: readonly VerdictName[] = [
  'remove_and_report',
  'remove',
  'hold_for_review',
  'suppressed',
  'test_match',
  'unscannable',
];

export function MatchesPage() {
  const words = useWords(matchWords);
  const term = useTerms();
  const { query, route } = useLocation();
  const [id, setId] = useState('');
  const verdict = verdicts.find((name) => name === query.verdict);
  const matches = useCall('GET /v1/matches', { query: { limit: 100, verdict } });
  return (
    <Page title={words.title} lead={words.lead}>
      <form
        class="card grid"
        onSubmit={(event) => {
          event.preventDefault();
          route(`/console/matches/${encodeURIComponent(id.trim())}`);
        }}
      >
        <Choice
          label={words.verdict}
          value={verdict ?? ''}
          options={[['', words.any], ...verdicts.map((name) => [name, term('verdict', name)] as const)]}
          onChoose={(name) => route(name ? `/console/matches?verdict=${name}` : '/console/matches')}
        />
        <Field label={words.search} value={id} onType={setId} required />
        <div class="row end">
          <button type="submit">{words.find}</button>
        </div>
      </form>
      <Loading of={matches}>
        {({ items }) => (
          <div class="card">
            <Table
              caption={words.title}
              isCaptionHidden
              empty={words.none}
              columns={[words.request, words.verdict, words.list, words.answered]}
              rows={items.map((told) => ({
                key: told.requestId,
                cells: [
                  <a key="request" class="code given" href={`/console/matches/${told.requestId}`}>
                    {told.requestId}
                  </a>,
                  <Verdict key="verdict" verdict={told.verdict} />,
                  <Told key="list">{[...new Set(told.matches.map(({ list }) => list))].join(', ')}</Told>,
                  <Ago key="answered" at={told.answeredAt} />,
                ],
              }))}
            />
          </div>
        )}
      </Loading>
    </Page>
  );
}
