/** Small pieces that show one value. */
import type { ComponentChildren } from 'preact';
import { useFormat } from '../language/format.ts';
import { useTerms } from './terms.ts';

/** Text that a person or another service wrote. It stays apart from the text around it, whatever its direction. */
export function Told({ children }: { readonly children: string }) {
  return <bdi class="given">{children}</bdi>;
}

/** "3 days ago", with the exact time for those who need it. */
export function Ago({ at }: { readonly at: string }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.moment(at)}>
      {format.ago(at)}
    </time>
  );
}

const colours: Readonly<Record<string, string>> = {
  verified: 'good',
  draft: '',
  disputed: 'bad',
  quarantined: 'warn',
  withdrawn: 'grey',
  remove: 'bad',
  remove_and_report: 'bad',
  hold_for_review: 'warn',
  test_match: 'good',
  no_known_match: 'grey',
  suppressed: 'good',
};

export function Status({ status }: { readonly status: string }) {
  const term = useTerms();
  return <span class={`badge ${colours[status] ?? ''}`}>{term('status', status)}</span>;
}

export function Verdict({ verdict }: { readonly verdict: string }) {
  const term = useTerms();
  return (
    <span class={`badge ${colours[verdict] ?? ''}`} title={verdict}>
      {term('verdict', verdict)}
    </span>
  );
}

/** Names with their values. Absent values are left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** One figure with what it counts. */
export function Figure({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
}) {
  return (
    <div class="card stack tight">
      <p class="soft small">{name}</p>
      <p class="big">{value}</p>
      {note && <p class="small soft">{note}</p>}
    </div>
  );
}
