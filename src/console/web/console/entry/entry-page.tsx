import { useRoute } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Status } from '../../ui/show.tsx';
import { useTerms } from '../../ui/terms.ts';
import { Activity } from './activity.tsx';
import { Acts } from './acts.tsx';
import { BlastRadius } from './blast-radius.tsx';
import type { Entry } from './entry.ts';
import { Claims, EntryFacts, Standing } from './entry-facts.tsx';
import { Hashes } from './hashes.tsx';
import { History } from './history.tsx';
import { Lease } from './lease.tsx';
import { entryWords } from './words.ts';

export function EntryPage() {
  const { id = '' } = useRoute().params;
  const words = useWords(entryWords);
  const entry = useCall('GET /v1/entries/{id}', { path: { id } });
  const history = useCall('GET /v1/entries/{id}/history', { path: { id } });
  const item = useCall('GET /v1/queue/{id}', { path: { id } });
  const reload = () => {
    entry.reload();
    item.reload();
    history.reload();
  };
  return (
    <Page
      title={entry.value ? `${words.title} ${id.slice(-8)}` : words.title}
      lead={words.lead}
      aside={entry.value && <Mark entry={entry.value} />}
    >
      <Loading of={entry}>
        {(loaded) => (
          <div class="columns">
            <div class="stack">
              <EntryFacts entry={loaded} />
              <Claims entry={loaded} />
              <Activity id={id} />
              <History of={history} />
              <Hashes id={id} />
            </div>
            <div class="stack">
              <Standing entry={loaded} />
              <Lease id={id} status={loaded.status} of={item} />
              <Acts entry={loaded} item={item.value} onDone={reload} />
              <BlastRadius id={id} />
            </div>
          </div>
        )}
      </Loading>
    </Page>
  );
}

function Mark({ entry }: { readonly entry: Entry }) {
  const term = useTerms();
  const hashes = useCall('GET /v1/entries/{id}/hashes', { path: { id: entry.id } });
  return (
    <div class="row">
      <span class="badge grey">{term('class', entry.class)}</span>
      <Status status={entry.status} />
      {hashes.value?.fingerprint && <Glyph fingerprint={hashes.value.fingerprint} />}
    </div>
  );
}
