import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useRole } from '../shell/use-session.ts';
import { Health } from './health.tsx';
import { Exchanges, Jobs } from './jobs.tsx';
import { ExpiringKeys, RefusedKeys } from './keys.tsx';
import { Nodes } from './nodes.tsx';
import { Traffic } from './traffic.tsx';
import { operationsWords } from './words.ts';

const everyMs = 10_000;

export function OperationsPage() {
  const words = useWords(operationsWords);
  const operations = useCall('GET /v1/operations', {}, everyMs);
  return (
    <Page title={words.title} lead={words.lead}>
      <WaitingChanges />
      <Loading of={operations}>
        {(value) => (
          <div class="stack">
            <Nodes nodes={value.nodes} />
            <Health operations={value} />
            <Traffic />
            <div class="columns even">
              <RefusedKeys refusals={value.refusals} />
              <ExpiringKeys keys={value.keysNearExpiry} />
            </div>
          </div>
        )}
      </Loading>
      <Jobs />
      <Exchanges />
    </Page>
  );
}

function WaitingChanges() {
  const words = useWords(operationsWords);
  const isOperator = useRole() === 'operator';
  const proposals = useCall('GET /v1/proposals', isOperator ? {} : undefined);
  const count = proposals.value?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <Notice kind="warn">
      <p class="row spread">
        <span>{words.waiting(count)}</span>
        <a href="/console/changes">{words.review}</a>
      </p>
    </Notice>
  );
}
