/** A text from a host or from the lab file, isolated whatever its writing direction. */
export function Text({ children }: { readonly children: string }) {
  return <bdi>{children}</bdi>;
}

/** The same in a monospaced font. */
export function Name({ children }: { readonly children: string }) {
  return (
    <code>
      <bdi>{children}</bdi>
    </code>
  );
}
