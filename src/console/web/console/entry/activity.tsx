import type { Answer } from '../../api/call.ts';
import { useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Chart } from '../../ui/chart.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { useTerms } from '../../ui/terms.ts';
import { entryWords } from './words.ts';

type EntryActivity = Answer<'GET /v1/entries/{id}/activity'>;

/** Matches by day and verdict, and what platforms said about them. */
export function Activity({ id }: { readonly id: string }) {
  const words = useWords(entryWords);
  const activity = useCall('GET /v1/entries/{id}/activity', { path: { id }, query: { days: 30 } });
  return (
    <section class="card stack">
      <h2>{words.activity}</h2>
      <Loading of={activity}>
        {(value) => (
          <div class="stack">
            <Days activity={value} />
            <h3>{words.falsePositives}</h3>
            <Reports activity={value} />
          </div>
        )}
      </Loading>
    </section>
  );
}

function Days({ activity: { days, since } }: { readonly activity: EntryActivity }) {
  const words = useWords(entryWords);
  const term = useTerms();
  const format = useFormat();
  const names = [...new Set(days.flatMap(({ verdicts }) => Object.keys(verdicts)))];
  if (names.length === 0) return <p class="soft">{words.noActivity}</p>;
  const byDay = new Map(days.map(({ day, verdicts }) => [day, verdicts as Readonly<Record<string, number | undefined>>]));
  const all = daysSince(since);
  return (
    <Chart
      title={words.activity}
      kind="bars"
      isTitleHidden
      steps={all.map((day) => format.day(day))}
      series={names.map((name) => ({ name: term('verdict', name), values: all.map((day) => byDay.get(day)?.[name] ?? 0) }))}
    />
  );
}

const dayMs = 86_400_000;

/** Up to today, in UTC. */
function daysSince(since: string): readonly string[] {
  const first = Math.floor(new Date(since).getTime() / dayMs);
  const count = Math.floor(Date.now() / dayMs) - first + 1;
  return Array.from({ length: Math.max(count, 1) }, (_, index) => new Date((first + index) * dayMs).toISOString().slice(0, 10));
}

function Reports({ activity: { falsePositives } }: { readonly activity: EntryActivity }) {
  const words = useWords(entryWords);
  if (falsePositives.count === 0) return <p class="soft">{words.noFalsePositives}</p>;
  return (
    <>
      <p class="big">{falsePositives.count}</p>
      <ol class="steps">
        {falsePositives.reports.map(({ at, reason }) => (
          <li key={at} class="stack tight">
            <span class="soft small">
              <Ago at={at} />
            </span>
            {reason && <Told>{reason}</Told>}
          </li>
        ))}
      </ol>
    </>
  );
}
