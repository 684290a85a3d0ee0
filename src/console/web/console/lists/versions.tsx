import { useCall } from '../../api/use-call.ts';
import { useWords } from '../../language/language.ts';
import { Loading } from '../../ui/loading.tsx';
import { SettingChanges } from '../../ui/setting-change.tsx';
import { Ago, Told } from '../../ui/show.tsx';
import { uiWords } from '../../ui/words.ts';
import { listWords } from './words.ts';

/** Each version of a list with its difference from the one before, newest first. */
export function Versions({ id }: { readonly id: string }) {
  const words = useWords(listWords);
  const ui = useWords(uiWords);
  const versions = useCall('GET /v1/lists/{id}/versions', { path: { id } });
  return (
    <section class="card stack">
      <h2>{words.versions}</h2>
      <Loading of={versions}>
        {({ items }) => (
          <ol class="steps">
            {items.map(({ version, at, by, changes }) => (
              <li key={version} class="stack tight">
                <span class="row">
                  <strong>
                    {words.version} {version}
                  </strong>
                  <Told>{by ? ui.person(by.organisation ?? '', by.person) : ui.theService}</Told>
                  <span class="soft small">
                    <Ago at={at} />
                  </span>
                </span>
                {changes.length > 0 && (
                  <SettingChanges
                    caption={`${words.changes} ${version}`}
                    changes={changes.map(({ setting, ...rest }) => ({ name: setting, ...rest }))}
                  />
                )}
              </li>
            ))}
          </ol>
        )}
      </Loading>
    </section>
  );
}
