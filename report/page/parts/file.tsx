import { Name } from './text.tsx';

/** Of a longer file the page shows the first lines. */
const MOST_LINES = 200;

/** A file of a host: path and content. */
export function HostFile({ path, lines }: { readonly path: string; readonly lines: readonly string[] }) {
  const rest = lines.length - MOST_LINES;
  const shown = rest > 0 ? [...lines.slice(0, MOST_LINES), `… ${rest} more lines, in the records`] : lines;
  return (
    <div>
      <p>
        <Name>{path}</Name>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too */}
      <pre tabIndex={0}>{shown.join('\n')}</pre>
    </div>
  );
}
