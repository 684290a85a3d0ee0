import { useRoute } from 'preact-iso';
import { useCall } from '../../api/use-call.ts';
import { useFormat } from '../../language/format.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Facts, Told, Verdict } from '../../ui/show.tsx';
import { useTerms } from '../../ui/terms.ts';
import { Grants } from './grants.tsx';
import type { HashList } from './hash-list.ts';
import { PolicyMatrix } from './policy-matrix.tsx';
import { Versions } from './versions.tsx';
import { listWords } from './words.ts';

export function ListPage() {
  const { id = '' } = useRoute().params;
  const words = useWords(listWords);
  const lists = useCall('GET /v1/lists');
  const list = lists.value?.items.find((one) => one.id === id);
  return (
    <Page title={list?.title ?? id} lead={words.list}>
      <Loading of={lists}>
        {() =>
          list && (
            <div class="columns">
              <div class="stack">
                <PolicyMatrix list={list} />
                <Versions id={id} />
              </div>
              <div class="stack">
                <Settings list={list} />
                <Grants id={id} />
              </div>
            </div>
          )
        }
      </Loading>
    </Page>
  );
}

function Settings({ list }: { readonly list: HashList }) {
  const words = useWords(listWords);
  const term = useTerms();
  const format = useFormat();
  const { pdq, blockhash } = list.thresholds;
  return (
    <section class="card stack">
      <h2>{words.thresholds}</h2>
      <Facts
        facts={[
          [words.tight, words.bits(pdq.tight)],
          [words.wide, words.bits(pdq.wide)],
          [words.blockhash, words.bits(blockhash)],
          [words.class, term('class', list.class)],
          [words.action, <Verdict key="action" verdict={list.action} />],
          [words.owner, <Told key="owner">{list.organisation ?? words.builtIn}</Told>],
          [words.people, words.peopleOf(list.verification.people, list.verification.organisations)],
          [words.share, format.percent(list.share / 100)],
          [words.open, list.open ? words.yes : words.no],
          [words.state, list.enabled ? words.enabled : words.disabled],
          [words.provenanceRequired, list.provenanceRequired.join(', ')],
          [words.withdrawals, format.number(list.limits.withdrawalsAnHour)],
          [words.disputes, format.number(list.limits.disputesAfter)],
          [words.flood, format.number(list.limits.floodAnHour)],
          [words.rights, list.rights.join(', ')],
        ]}
      />
    </section>
  );
}
