import { render } from 'preact-render-to-string';
import { errorMessage } from '../../base/errors.ts';
import type { Results } from '../../records/results.ts';
import { checksThatFit } from './checks-that-fit.ts';
import { ALL_DRAWN, type DrawnChecks, DrawnChecksContext } from './drawn-checks.ts';
import { shown, whole } from './format.ts';
import { CHECKS, type SectionOfPage } from './sections.ts';

export type DrawnSection = SectionOfPage & { readonly html: string };

/** Draws the sections in so many bytes: the checks get what the others leave, and links lead to no check that lacks. */
export function drawnSections(sections: readonly SectionOfPage[], results: Results, bytes: number): DrawnSection[] {
  const others = sections.filter(({ id }) => id !== CHECKS.id);
  const linked = within(bytes, others, results, ALL_DRAWN);
  const fitting = checksThatFit(results.checks, linked.left);
  const { drawn } = fitting === ALL_DRAWN ? linked : within(bytes, others, results, fitting);
  return [...drawn, { ...CHECKS, html: htmlOf(CHECKS, results, fitting) }];
}

function within(bytes: number, sections: readonly SectionOfPage[], results: Results, checks: DrawnChecks) {
  let left = bytes;
  const drawn = sections.map((section): DrawnSection => {
    const html = htmlOf(section, results, checks);
    const size = Buffer.byteLength(shown(html));
    if (size > left) return { ...section, html: tooLong(size) };
    left -= size;
    return { ...section, html };
  });
  return { drawn, left };
}

/** A section that throws leaves the others alone, and the run too. */
function htmlOf({ Content }: SectionOfPage, results: Results, checks: DrawnChecks): string {
  try {
    return render(
      <DrawnChecksContext.Provider value={checks}>
        <Content results={results} />
      </DrawnChecksContext.Provider>,
    );
  } catch (error) {
    return render(<p class="undrawn">This section failed: {errorMessage(error)}</p>);
  }
}

function tooLong(bytes: number): string {
  return render(
    <p class="undrawn">
      This section takes {whole(bytes / 1000)} kB, too much for this page. Its numbers are in records.jsonl beside the
      page.
    </p>,
  );
}
