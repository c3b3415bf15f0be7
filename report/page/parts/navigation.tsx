/** Links to the sections, by question. */
export function Navigation({
  sections,
}: {
  readonly sections: readonly { readonly id: string; readonly short: string }[];
}) {
  return (
    <nav aria-label="Questions">
      <ul>
        {sections.map(({ id, short }) => (
          <li>
            <a href={`#${id}`}>{short}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
