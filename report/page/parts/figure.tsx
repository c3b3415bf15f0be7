import type { ComponentChildren } from 'preact';
import { Permalink } from './section.tsx';

type Props = {
  readonly id: string;
  readonly caption: string;
  /** The figure in words, for readers who cannot see it. */
  readonly alternative: string;
  /** The command that measures it again, such as `./lab verify --only qos.size`. */
  readonly command: string;
  /** An SVG as text or as elements. */
  readonly drawing: string | ComponentChildren;
  /** What the marks mean, where the drawing does not say so itself. */
  readonly legend?: ComponentChildren;
  /** The raw points: a `Table` or a `RawPoints`. */
  readonly children?: ComponentChildren;
};

/** A drawing with its caption, its text alternative, the command that reproduces it and a link to it. */
export function Figure({ id, caption, alternative, command, drawing, legend, children }: Props) {
  // the text comes from plot.ts, which escapes all names
  const inner = typeof drawing === 'string' ? { dangerouslySetInnerHTML: { __html: drawing } } : { children: drawing };
  return (
    <figure id={id}>
      {legend}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than a phone is scrolled, by the keyboard too */}
      <div class="scroll" tabIndex={0}>
        <div class="drawing" role="img" aria-label={alternative} {...inner} />
      </div>
      <figcaption>
        {caption} <Permalink to={id} name={`figure: ${caption}`} />
      </figcaption>
      <p class="reproduce">
        Measure again: <code>{command}</code>
      </p>
      {children}
    </figure>
  );
}

type RawProps = { readonly title: string; readonly lines: readonly string[] };

/** The raw points of a figure as comma-separated values, folded. The script adds a button that saves them. */
export function RawPoints({ title, lines }: RawProps) {
  return (
    <details class="raw">
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too */}
      <pre tabIndex={0}>{lines.join('\n')}</pre>
    </details>
  );
}
