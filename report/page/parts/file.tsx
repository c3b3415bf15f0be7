import { Name } from './text.tsx';

/** A file of a host: path and content. */
export function HostFile({ path, lines }: { readonly path: string; readonly lines: readonly string[] }) {
  return (
    <div>
      <p>
        <Name>{path}</Name>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too */}
      <pre tabIndex={0}>{lines.join('\n')}</pre>
    </div>
  );
}
