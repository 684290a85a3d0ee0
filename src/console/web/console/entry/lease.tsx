import { call } from '../../api/call.ts';
import { type Loaded, useAction } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { uiWords } from '../../ui/words.ts';
import type { QueueItem } from '../queue/queue-item.ts';
import { queueWords } from '../queue/words.ts';
import { entryWords } from './words.ts';

interface LeaseProps {
  readonly id: string;
  readonly status: string;
  readonly of: Loaded<QueueItem>;
}

/** Keeps an entry for one person, so that two never decide about it at the same time. */
export function Lease({ id, status, of: { value: item, reload } }: LeaseProps) {
  const words = useWords(entryWords);
  const taking = useAction(id, async () => {
    await call('PUT /v1/entries/{id}/lease', { path: { id } });
    reload();
  });
  const giving = useAction(id, async () => {
    await call('DELETE /v1/entries/{id}/lease', { path: { id } });
    reload();
  });
  if (status === 'withdrawn' || !item || item.ownWork) return null;
  const isMine = item.lease?.mine ?? false;
  const isTaken = item.lease !== null && !isMine;
  return (
    <section class="card stack">
      <h2>{words.lease}</h2>
      <Holder item={item} />
      <Failure error={taking.error ?? giving.error} />
      <div class="row">
        <button type="button" disabled={isTaken || taking.isBusy} onClick={() => void taking.run()}>
          {isMine ? words.renew : words.lease}
        </button>
        {isMine && (
          <button type="button" disabled={giving.isBusy} onClick={() => void giving.run()}>
            {words.giveBack}
          </button>
        )}
      </div>
    </section>
  );
}

function Holder({ item: { lease } }: { readonly item: QueueItem }) {
  const words = useWords(entryWords);
  const queue = useWords(queueWords);
  const ui = useWords(uiWords);
  const format = useFormat();
  const text = !lease
    ? words.leaseLead
    : lease.mine
      ? words.mine(format.moment(lease.until))
      : queue.theirs(ui.person(lease.organisation, lease.person), format.moment(lease.until));
  return <p role="status">{text}</p>;
}
