import { useWords } from '../language/language.ts';
import { Told } from './show.tsx';
import { Table } from './table.tsx';
import { uiWords } from './words.ts';

interface SettingChange {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly weakens: boolean;
}

/** A difference, one setting per line. */
export function SettingChanges({ caption, changes }: { readonly caption: string; readonly changes: readonly SettingChange[] }) {
  const words = useWords(uiWords);
  return (
    <Table
      caption={caption}
      isCaptionHidden
      columns={[words.setting, words.before, words.after, '']}
      rows={changes.map(({ name, from, to, weakens }) => ({
        key: name,
        cells: [
          <code key="name">{name}</code>,
          <del key="from" class="given">
            <Told>{textOf(from)}</Told>
          </del>,
          <ins key="to" class="given">
            <Told>{textOf(to)}</Told>
          </ins>,
          weakens ? (
            <span key="weakens" class="badge warn">
              {words.weakens}
            </span>
          ) : null,
        ],
      }))}
    />
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
