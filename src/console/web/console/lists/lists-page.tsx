import { useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Told, Verdict } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { listWords } from './words.ts';

export function ListsPage() {
  const words = useWords(listWords);
  const term = useTerms();
  const format = useFormat();
  const lists = useCall('GET /v1/lists');
  return (
    <Page title={words.title} lead={words.lead}>
      <Loading of={lists}>
        {({ items }) => (
          <div class="card">
            <Table
              caption={words.title}
              isCaptionHidden
              columns={[words.list, words.class, words.owner, words.action, words.people, { number: words.share }, words.state]}
              rows={items.map((list) => ({
                key: list.id,
                cells: [
                  <a key="list" href={`/console/lists/${encodeURIComponent(list.id)}`}>
                    <Told>{list.title}</Told>
                  </a>,
                  term('class', list.class),
                  <Told key="owner">{list.organisation ?? words.builtIn}</Told>,
                  <Verdict key="action" verdict={list.action} />,
                  words.peopleOf(list.verification.people, list.verification.organisations),
                  format.percent(list.share / 100),
                  list.enabled ? words.enabled : words.disabled,
                ],
              }))}
            />
          </div>
        )}
      </Loading>
    </Page>
  );
}
