import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useAction } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { entryWords } from './words.ts';

/** Keeps an entry for one person, so that two never decide about it at the same time. */
export function Lease({ id, status }: { readonly id: string; readonly status: string }) {
  const words = useWords(entryWords);
  const format = useFormat();
  const [until, setUntil] = useState<string>();
  const taking = useAction(id, async () => {
    const taken = await call('PUT /v1/entries/{id}/lease', { path: { id } });
    setUntil(taken.until);
  });
  const giving = useAction(id, async () => {
    await call('DELETE /v1/entries/{id}/lease', { path: { id } });
    setUntil(undefined);
  });
  if (status === 'withdrawn') return null;
  return (
    <section class="card stack">
      <h2>{words.lease}</h2>
      <p role="status">{until ? words.mine(format.moment(until)) : words.leaseLead}</p>
      <Failure error={taking.error ?? giving.error} />
      <div class="row">
        <button type="button" disabled={taking.isBusy} onClick={() => void taking.run()}>
          {until ? words.renew : words.lease}
        </button>
        {until && (
          <button type="button" disabled={giving.isBusy} onClick={() => void giving.run()}>
            {words.giveBack}
          </button>
        )}
      </div>
    </section>
  );
}
