import { useState } from 'preact/hooks';
import type { Answer } from '../../api/call.ts';
import { useCall } from '../../api/use-call.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useLanguage, useWords } from '../../language/language.ts';
import { Chart } from '../../ui/chart.tsx';
import { Choice } from '../../ui/field.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useTerms } from '../../ui/terms.ts';
import { operationsWords } from './words.ts';

type Points = Answer<'GET /v1/operations/traffic'>['points'];

/** Verdicts, latency and refusals over time, from the service's own figures. */
export function Traffic() {
  const words = useWords(operationsWords);
  const [hours, setHours] = useState('24');
  const traffic = useCall('GET /v1/operations/traffic', { query: { hours: Number(hours) } });
  return (
    <section class="card stack">
      <div class="narrow-choice">
        <Choice label={words.span} value={hours} options={Object.entries(words.spans)} onChoose={setHours} />
      </div>
      <Loading of={traffic}>{({ points }) => <Charts points={points} isLong={hours !== '1' && hours !== '24'} />}</Loading>
    </section>
  );
}

function Charts({ points, isLong }: { readonly points: Points; readonly isLong: boolean }) {
  const words = useWords(operationsWords);
  const term = useTerms();
  const language = useLanguage();
  const format = useFormat();
  const names = [...new Set(points.flatMap(({ verdicts }) => Object.keys(verdicts)))];
  const steps = points.map(({ at }) => stepOf(at, isLong, language, format));
  return (
    <div class="columns even">
      <Chart
        title={words.verdicts}
        kind="bars"
        steps={steps}
        series={names.map((name) => ({ name: term('verdict', name), values: points.map(({ verdicts }) => verdicts[name] ?? 0) }))}
      />
      <Chart
        title={words.latency}
        kind="lines"
        steps={steps}
        series={[
          { name: 'p50', values: points.map(({ p50Ms }) => p50Ms) },
          { name: 'p99', values: points.map(({ p99Ms }) => p99Ms) },
        ]}
      />
      <Chart
        title={words.refused}
        kind="bars"
        steps={steps}
        series={[
          { name: words.tooMany, values: points.map(({ tooMany }) => tooMany) },
          { name: words.unavailable, values: points.map(({ unavailable }) => unavailable) },
        ]}
      />
      <Chart
        title={words.requests}
        kind="bars"
        steps={steps}
        series={[{ name: words.requests, values: points.map(({ requests }) => requests) }]}
      />
    </div>
  );
}

function stepOf(at: string, isLong: boolean, language: string, format: Format): string {
  return isLong ? format.day(at) : new Date(at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
}
