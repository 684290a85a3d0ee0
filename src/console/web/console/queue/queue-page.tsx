import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Figure, Status, Told } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { uiWords } from '../../ui/words.ts';
import { filtersIn, QueueFilters, queueKinds } from './queue-filters.tsx';
import type { QueueItem } from './queue-item.ts';
import { queueWords } from './words.ts';

export function QueuePage() {
  const words = useWords(queueWords);
  const format = useFormat();
  const { query } = useLocation();
  const filters = filtersIn(query);
  const [limit, setLimit] = useState(25);
  const queue = useCall('GET /v1/queue', { query: { ...filters, limit } });
  return (
    <Page title={words.title} lead={words.lead}>
      <QueueFilters filters={filters} />
      <Loading of={queue}>
        {({ total, totalIsCapped, oldest, items, nextCursor }) => (
          <div class="stack">
            <div class="grid">
              <Figure
                name={words.waiting}
                value={`${format.number(total)}${totalIsCapped ? '+' : ''}`}
                note={words.kinds[queueKinds(filters.kind)]}
              />
              {oldest && (
                <Figure name={words.oldest} value={<Ago at={oldest} />} note={words.oldestNote(format.moment(oldest))} />
              )}
            </div>
            <div class="card">
              <Items items={items} />
            </div>
            <More isMore={nextCursor !== null && limit < 200} onMore={() => setLimit(200)} />
          </div>
        )}
      </Loading>
    </Page>
  );
}

function More({ isMore, onMore }: { readonly isMore: boolean; readonly onMore: () => void }) {
  const ui = useWords(uiWords);
  if (!isMore) return null;
  return (
    <div>
      <button type="button" onClick={onMore}>
        {ui.more}
      </button>
    </div>
  );
}

function Items({ items }: { readonly items: readonly QueueItem[] }) {
  const words = useWords(queueWords);
  const term = useTerms();
  return (
    <Table
      caption={words.title}
      isCaptionHidden
      empty={words.nothing}
      columns={[words.entry, words.list, words.status, words.standing, words.since, words.action]}
      rows={items.map((item) => ({
        key: item.entry.id,
        class: item.mayDecide ? '' : 'dimmed',
        cells: [
          <EntryCell key="entry" item={item} />,
          <span key="list" class="stack tight">
            <Told>{item.entry.list}</Told>
            <span class="small soft">{term('class', item.entry.class)}</span>
          </span>,
          <Status key="status" status={item.entry.status} />,
          words.people(item.entry.verification.people, item.entry.verification.required),
          <Ago key="since" at={item.waitingSince} />,
          <NextStep key="step" item={item} />,
        ],
      }))}
    />
  );
}

function EntryCell({ item: { entry } }: { readonly item: QueueItem }) {
  return (
    <span class="stack tight">
      <a href={`/console/entries/${entry.id}`} class="code given">
        {shortId(entry.id)}
      </a>
      {entry.series && <Told>{entry.series}</Told>}
      {entry.organisation && (
        <span class="small soft">
          <Told>{entry.organisation}</Told>
        </span>
      )}
    </span>
  );
}

/** The random end of the id; its beginning is the time. */
export function shortId(id: string): string {
  return id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-8)}` : id;
}

function NextStep({ item: { entry, lease, mayDecide, whyNot } }: { readonly item: QueueItem }) {
  const words = useWords(queueWords);
  const ui = useWords(uiWords);
  const format = useFormat();
  const { route } = useLocation();
  const path = `/console/entries/${entry.id}`;
  const taking = useAction(entry.id, async () => {
    await call('PUT /v1/entries/{id}/lease', { path: { id: entry.id } });
    route(path);
  });
  if (lease && !lease.mine) {
    return (
      <span class="small">{words.theirs(ui.person(lease.organisation ?? '', lease.person), format.moment(lease.until))}</span>
    );
  }
  if (lease?.mine) return <a href={path}>{words.goOn}</a>;
  if (!mayDecide) return <span class="small">{whyNot ? words.why[whyNot] : null}</span>;
  return (
    <span class="stack tight">
      <span>
        <button type="button" disabled={taking.isBusy} aria-label={words.takeAbout(entry.id)} onClick={() => void taking.run()}>
          {words.take}
        </button>
      </span>
      <Failure error={taking.error} />
    </span>
  );
}
