import type { Answer } from '../../api/call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Told, Verdict } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { useTransformation } from './transformation.ts';
import { matchWords } from './words.ts';

type ToldVerdict = Answer<'GET /v1/matches/{requestId}'>;

export function MatchedEntries({ matches }: { readonly matches: ToldVerdict['matches'] }) {
  const words = useWords(matchWords);
  const term = useTerms();
  const transformation = useTransformation();
  return (
    <section class="card">
      <Table
        caption={words.matches}
        columns={[words.list, words.match, words.distance, words.orientation, words.action]}
        rows={matches.map((match, index) => ({
          key: `${match.entry ?? ''}${index}`,
          cells: [
            <span key="list" class="stack tight">
              <Told>{match.list}</Told>
              <span class="small soft">{term('class', match.class)}</span>
            </span>,
            [match.algorithm, match.variant, match.band].filter(Boolean).join(' · '),
            match.distance === null || match.threshold === null
              ? (match.band ?? '')
              : words.bits(match.distance, match.threshold),
            [match.orientation, transformation(match.transformation)].filter(Boolean).join('; '),
            <Verdict key="action" verdict={match.action} />,
          ],
        }))}
      />
    </section>
  );
}

type Duties = NonNullable<ToldVerdict['removal']>['obligations'];

export function Obligations({ obligations }: { readonly obligations: Duties }) {
  const words = useWords(matchWords);
  const format = useFormat();
  return (
    <section class="card">
      <Table
        caption={words.obligations}
        columns={[words.duty, words.regime, words.deadline, words.recipients]}
        rows={obligations.map(({ duty, regime, deadlineAt, recipients }) => ({
          key: `${regime} ${duty}`,
          cells: [
            duty.replaceAll('_', ' '),
            regime,
            deadlineAt ? format.moment(deadlineAt) : '',
            recipients.join(', ').replaceAll('_', ' '),
          ],
        }))}
      />
    </section>
  );
}
