import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { Told, Verdict } from '../../ui/show.tsx';
import { Table } from '../../ui/table.tsx';
import { useTerms } from '../../ui/terms.ts';
import { useTransformation } from './transformation.ts';
import { matchWords } from './words.ts';

/** Why a request got its verdict, candidate by candidate. */
export function Explanation({ id }: { readonly id: string }) {
  const words = useWords(matchWords);
  const term = useTerms();
  const transformation = useTransformation();
  const explanation = useCall('GET /v1/matches/{requestId}/explain', { path: { requestId: id } });
  return (
    <section class="card stack">
      <h2>{words.explain}</h2>
      <p class="soft">{words.explainLead}</p>
      <Loading of={explanation}>
        {({ replayed, lists, sightings }) => (
          <div class="stack">
            <p>{words.replayed(term('verdict', replayed))}</p>
            <p class="small soft">
              {words.lists}
              {': '}
              <Told>{lists.map(({ list, version }) => `${list} (${version})`).join(', ')}</Told>
            </p>
            <Table
              caption={words.explain}
              isCaptionHidden
              columns={[
                words.entry,
                words.variant,
                words.queryVariant,
                words.orientation,
                words.distance,
                words.standing,
                words.action,
              ]}
              rows={sightings.map((sighting, index) => ({
                key: `${sighting.entry}${index}`,
                cells: [
                  <span key="entry" class="stack tight">
                    <code class="given">{sighting.entry.slice(-8)}</code>
                    <Told>{sighting.list}</Told>
                  </span>,
                  `${sighting.algorithm} · ${sighting.variant}`,
                  sighting.queryVariant,
                  [sighting.orientation, sighting.negative && words.negative, transformation(sighting.transformation)]
                    .filter(Boolean)
                    .join('; '),
                  `${sighting.band} (≤ ${sighting.threshold})`,
                  [sighting.verified ? words.verified : words.unverified, sighting.corroborated && words.corroborated]
                    .filter(Boolean)
                    .join(', '),
                  <Verdict key="action" verdict={sighting.outcome} />,
                ],
              }))}
            />
          </div>
        )}
      </Loading>
    </section>
  );
}
