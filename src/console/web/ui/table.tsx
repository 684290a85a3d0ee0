import type { ComponentChildren } from 'preact';
import { useWords } from '../language/language.ts';
import { uiWords } from './words.ts';

interface TableProps {
  readonly caption: string;
  readonly isCaptionHidden?: boolean;
  readonly columns: readonly (string | { readonly number: string })[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[]; readonly class?: string }[];
  readonly empty?: string;
}

/** A table that scrolls sideways on a narrow screen, also by keyboard. The first cell of a row names it. */
export function Table({ caption, isCaptionHidden = false, columns, rows, empty }: TableProps) {
  const words = useWords(uiWords);
  if (rows.length === 0) {
    return (
      <div class="stack tight">
        {!isCaptionHidden && <h3>{caption}</h3>}
        <p class="soft">{empty ?? words.none}</p>
      </div>
    );
  }
  const isNumber = columns.map((column) => typeof column === 'object');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus, or the keyboard cannot scroll it.
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption class={isCaptionHidden ? 'hidden' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={nameOf(column)} scope="col" class={typeof column === 'object' ? 'number' : undefined}>
                {nameOf(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells, class: name }) => (
            <tr key={key} class={name}>
              {cells.map((cell, index) => (
                <td key={index} class={isNumber[index] ? 'number' : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function nameOf(column: TableProps['columns'][number]): string {
  return typeof column === 'object' ? column.number : column;
}
