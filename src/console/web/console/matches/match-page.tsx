import { useRoute } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Ago, Verdict } from '../../ui/show.tsx';
import { CyberTipDraft } from './cyber-tip-draft.tsx';
import { Explanation } from './explanation.tsx';
import { StatementDraft } from './statement-draft.tsx';
import { MatchedEntries, Obligations } from './told-verdict.tsx';
import { matchWords } from './words.ts';

export function MatchPage() {
  const { id = '' } = useRoute().params;
  const words = useWords(matchWords);
  const told = useCall('GET /v1/matches/{requestId}', { path: { requestId: id } });
  return (
    <Page
      title={words.one}
      lead={<code class="given">{id}</code>}
      aside={
        told.value && (
          <div class="row">
            <Verdict verdict={told.value.verdict} />
            <Ago at={told.value.answeredAt} />
          </div>
        )
      }
    >
      <Loading of={told}>
        {(value) => (
          <div class="stack">
            <MatchedEntries matches={value.matches} />
            <Explanation id={id} />
            {value.removal && <Obligations obligations={value.removal.obligations} />}
            <section class="card stack">
              <h2>{words.drafts}</h2>
              <p class="soft">{words.draftsLead}</p>
              <StatementDraft id={id} />
              <CyberTipDraft id={id} />
            </section>
          </div>
        )}
      </Loading>
    </Page>
  );
}
