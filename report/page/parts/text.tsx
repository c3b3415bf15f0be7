/** A text from a host or from the lab file: it keeps to itself whichever direction it is written in. */
export function Text({ children }: { readonly children: string }) {
  return <bdi>{children}</bdi>;
}

/** The same as a name in a program's letters. */
export function Name({ children }: { readonly children: string }) {
  return (
    <code>
      <bdi>{children}</bdi>
    </code>
  );
}
