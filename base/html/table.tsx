import type { ComponentChildren } from 'preact';

export type Column = { readonly title: ComponentChildren; readonly align?: 'right' };

type Props = {
  readonly caption: string;
  /** Titles; `right` aligns numbers. */
  readonly columns: readonly (string | Column)[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly ComponentChildren[])[];
};

/** A table with a caption. It scrolls sideways on a narrow screen. */
export function Table({ caption, columns, rows }: Props) {
  const known = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
  const classOf = (index: number) => (known[index]?.align === 'right' ? 'number' : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than a phone is scrolled, by the keyboard too
    <div class="scroll" tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {known.map(({ title }, index) => (
              <th scope="col" class={classOf(index)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([heading, ...cells]) => (
            <tr>
              <th scope="row" class={classOf(0)}>
                {heading}
              </th>
              {cells.map((cell, index) => (
                <td class={classOf(index + 1)}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
