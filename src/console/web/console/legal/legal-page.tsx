import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Choice } from '../../ui/field.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import type { LegalRequest } from './legal-request.ts';
import { OutcomeDialog } from './outcome-dialog.tsx';
import { legalWords } from './words.ts';

const filters = ['all', 'open', 'overdue', 'closed'] as const;

/** Orders or notices, with their running clocks. */
export function LegalPage({ kind }: { readonly kind: 'orders' | 'notices' }) {
  const words = useWords(legalWords);
  const { query, route } = useLocation();
  const [chosen, setChosen] = useState<LegalRequest>();
  const filter = filters.find((name) => name === query.status) ?? 'open';
  const requests = useCall(`GET /v1/${kind}`, { query: { limit: 200, status: filter === 'all' ? undefined : filter } });
  return (
    <Page title={words[kind]} lead={words.lead}>
      <div class="card">
        <Choice
          label={words.show}
          value={filter}
          options={filters.map((name) => [name, words.filters[name]])}
          onChoose={(name) => route(`/console/${kind}?status=${name}`)}
        />
      </div>
      <Loading of={requests}>
        {({ items }) => <Requests caption={words[kind]} items={[...items].sort(byUrgency)} onClose={setChosen} />}
      </Loading>
      {chosen && (
        <OutcomeDialog
          kind={kind}
          request={chosen}
          onClose={() => setChosen(undefined)}
          onDone={() => {
            setChosen(undefined);
            requests.reload();
          }}
        />
      )}
    </Page>
  );
}

/** Overdue first, then what ends first; what has no deadline comes last. */
function byUrgency(a: LegalRequest, b: LegalRequest): number {
  const endOf = ({ deadlineAt }: LegalRequest) => (deadlineAt === null ? Number.MAX_VALUE : new Date(deadlineAt).getTime());
  return Number(b.overdue) - Number(a.overdue) || endOf(a) - endOf(b);
}

interface RequestsProps {
  readonly caption: string;
  readonly items: readonly LegalRequest[];
  readonly onClose: (request: LegalRequest) => void;
}

function Requests({ caption, items, onClose }: RequestsProps) {
  const words = useWords(legalWords);
  return (
    <div class="card">
      <Table
        caption={caption}
        isCaptionHidden
        empty={words.none}
        columns={[words.reference, words.issuer, words.regime, words.clock, words.received, words.outcome]}
        rows={items.map((request) => ({
          key: request.id,
          cells: [
            <span key="reference" class="stack tight">
              <Told>{request.reference}</Told>
              <span class="small soft">
                <Told>{request.about}</Told>
              </span>
            </span>,
            <Told key="issuer">{request.issuer}</Told>,
            request.regime,
            <Clock key="clock" request={request} />,
            <Ago key="received" at={request.receivedAt} />,
            request.outcome ? (
              words.outcomes[request.outcome.outcome]
            ) : (
              <button key="close" type="button" onClick={() => onClose(request)}>
                {words.close}
                <span class="hidden"> {request.reference}</span>
              </button>
            ),
          ],
        }))}
      />
    </div>
  );
}

/** Counts down each second. The deadline already includes the pauses. */
function Clock({ request: { outcome, late, state, deadlineAt } }: { readonly request: LegalRequest }) {
  const words = useWords(legalWords);
  const format = useFormat();
  const [now, setNow] = useState(() => Date.now());
  const isRunning = state === 'running' && deadlineAt !== null;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isRunning]);
  if (outcome) return late ? <span class="badge bad">{words.late}</span> : null;
  if (state === 'paused') return <span class="badge grey">{words.paused}</span>;
  if (deadlineAt === null) return <span class="soft">{words.noDeadline}</span>;
  const left = Math.round((new Date(deadlineAt).getTime() - now) / 1_000);
  const text = left < 0 ? words.over(format.duration(-left)) : words.left(format.duration(left));
  return <span class={`badge ${left < 0 ? 'bad' : left < 3_600 ? 'warn' : ''}`}>{text}</span>;
}
