import { type PlotOptions, plot } from '@observablehq/plot';
import { parseJSON } from 'linkedom';

/** How the nth series of a plot looks: colour, dash and symbol each identify it alone. */
export type Look = {
  /** A CSS variable: light and dark differ. */
  readonly stroke: string;
  readonly strokeDasharray: string;
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'wye';
};

const DASHES = ['none', '7 3', '2 3', '9 3 2 3', '4 2', '12 4'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye'] as const;

/** The look of a series by its place; there are six. */
export function lookOf(index: number): Look {
  const at = index % SYMBOLS.length;
  return {
    stroke: `var(--series-${at + 1})`,
    strokeDasharray: DASHES[at] ?? 'none',
    symbol: SYMBOLS[at] ?? 'circle',
  };
}

/** An HTML document with an empty body, as types of nodes (DOM 4.4) and names; the bundle has no parser of HTML. */
const EMPTY_DOCUMENT = [9, 1, 'html', 1, 'body'];
const WIDTH = 680;
const HEIGHT = 340;

/**
 * A plot of Observable Plot (observablehq.com/plot) as SVG text, escaped. Marks take their colours from `lookOf`; axes need a `label` with the unit.
 * Its ids and classes are its own, so several plots fit on one page.
 */
export function drawPlot(options: PlotOptions): string {
  const { document } = parseJSON(EMPTY_DOCUMENT).defaultView;
  const drawn = plot({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 56,
    marginBottom: 44,
    style: { fontSize: '12px' },
    ...options,
    className: 'plot',
    document,
  });
  return bare(drawn);
}

type Drawn = {
  readonly outerHTML: string;
  querySelectorAll(selectors: string): Iterable<{ remove(): void; removeAttribute(name: string): void }>;
};

/** Without Plot's style, which the page has once, and without its labels of groups, since the figure has a text alternative. */
function bare(drawn: Drawn): string {
  for (const style of drawn.querySelectorAll('style')) style.remove();
  for (const labelled of drawn.querySelectorAll('[aria-label]')) labelled.removeAttribute('aria-label');
  return drawn.outerHTML.replaceAll(/ d="[^"]*"/g, rounded);
}

/** Rounds to a tenth of a pixel, which halves the size of a path. */
function rounded(path: string): string {
  return path.replaceAll(/\d+\.\d{2,}/g, (number) => `${Number(Number(number).toFixed(1))}`);
}
