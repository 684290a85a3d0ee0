import { type Answer, call } from '../../api/call.ts';
import { useAction, useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { SettingChanges } from '../../ui/setting-change.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { uiWords } from '../../ui/words.ts';
import { changeWords } from './words.ts';

type Proposal = Answer<'GET /v1/proposals'>['items'][number];

export function ChangesPage() {
  const words = useWords(changeWords);
  const proposals = useCall('GET /v1/proposals');
  return (
    <Page title={words.title} lead={words.lead}>
      <Loading of={proposals}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="soft">{words.none}</p>
          ) : (
            <div class="stack">
              {items.map((proposal) => (
                <Change key={proposal.id} proposal={proposal} onDone={proposals.reload} />
              ))}
            </div>
          )
        }
      </Loading>
    </Page>
  );
}

function Change({ proposal, onDone }: { readonly proposal: Proposal; readonly onDone: () => void }) {
  const words = useWords(changeWords);
  const ui = useWords(uiWords);
  const { id, subject, of, by, organisation, at, changes } = proposal;
  const confirming = useAction(['confirm', id], async (idempotencyKey) => {
    const given = { path: { id: of }, body: { proposal: id }, idempotencyKey };
    await (subject === 'list'
      ? call('POST /v1/lists/{id}/confirm', given)
      : call('POST /v1/organisations/{id}/settings/confirm', given));
    onDone();
  });
  const declining = useAction(['decline', id], async () => {
    await call('DELETE /v1/proposals/{id}', { path: { id } });
    onDone();
  });
  return (
    <section class="card stack">
      <h2>
        {words.of[subject]} <Told>{of}</Told>
      </h2>
      <p class="soft">
        <Told>{words.proposed(ui.person(organisation ?? '', by))}</Told>
        {' · '}
        <Ago at={at} />
      </p>
      <SettingChanges caption={of} changes={changes.map(({ field, ...rest }) => ({ name: field, ...rest }))} />
      <Failure error={confirming.error ?? declining.error} />
      <div class="row">
        <button type="button" class="main" disabled={confirming.isBusy} onClick={() => void confirming.run()}>
          {words.confirm}
        </button>
        <button type="button" class="danger" disabled={declining.isBusy} onClick={() => void declining.run()}>
          {words.decline}
        </button>
      </div>
    </section>
  );
}
