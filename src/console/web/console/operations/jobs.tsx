import { useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useRole } from '../shell/use-session.ts';
import { operationsWords } from './words.ts';

export function Jobs() {
  const words = useWords(operationsWords);
  const format = useFormat();
  const jobs = useCall('GET /v1/jobs', { query: { limit: 1 } });
  return (
    <section class="card">
      <Loading of={jobs}>
        {({ jobs: all }) => (
          <Table
            caption={words.jobs}
            columns={[words.job, words.state, words.every, words.lastSuccess, words.lastError]}
            rows={all.map((job) => ({
              key: job.name,
              cells: [
                job.name,
                <span key="state" class={`badge ${job.status === 'failing' ? 'bad' : 'grey'}`}>
                  {words.jobStates[job.status]}
                </span>,
                format.duration(job.everySeconds),
                job.lastSuccessAt && <Ago key="success" at={job.lastSuccessAt} />,
                job.lastError && <Told key="error">{job.lastError}</Told>,
              ],
            }))}
          />
        )}
      </Loading>
    </section>
  );
}

/** Operators see them; auditors may not. */
export function Exchanges() {
  const words = useWords(operationsWords);
  const format = useFormat();
  const isOperator = useRole() === 'operator';
  const exchanges = useCall('GET /v1/exchanges', isOperator ? {} : undefined);
  if (!isOperator) return null;
  return (
    <section class="card">
      <Loading of={exchanges}>
        {({ items }) => (
          <Table
            caption={words.exchanges}
            empty={words.noExchanges}
            columns={[
              words.exchange,
              words.list,
              words.state,
              words.lastSuccess,
              { number: words.fetched },
              { number: words.withdrawn },
              { number: words.errors },
              words.lastError,
            ]}
            rows={items.map(({ id, kind, list, enabled, status }) => ({
              key: id,
              cells: [
                kind,
                <Told key="list">{list}</Told>,
                enabled ? words.enabled : words.disabled,
                status.succeededAt && <Ago key="success" at={status.succeededAt} />,
                format.number(status.fetched),
                format.number(status.withdrawn),
                format.number(status.errors),
                status.error && <Told key="error">{status.error}</Told>,
              ],
            }))}
          />
        )}
      </Loading>
    </section>
  );
}
