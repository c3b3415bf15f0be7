import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { render } from 'preact-render-to-string';
import { COLOURS } from '../../base/html/colours.ts';
import type { Results } from '../../records/results.ts';
import { valueScript } from '../keep-alive-value/script.ts';
import { type DrawnSection, drawnSections } from './drawn-sections.tsx';
import { shown } from './format.ts';
import { Header } from './parts/header.tsx';
import { Navigation } from './parts/navigation.tsx';
import { Section } from './parts/section.tsx';
import { FAILED, SECTIONS } from './sections.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const STYLE = [COLOURS, ...['./style.css', './parts.css', './keep-alive.css', './print.css'].map(read)].join('');
const SCRIPT = read('./script.js') + valueScript();

/** The most that a page takes, whatever the lab. */
export const MOST_BYTES = 1_000_000;
/** For all but sections and records. */
const FRAME_BYTES = 70_000;
/** Longer records are only in records.jsonl. */
const MOST_PACKED = 250_000;

/** Loads nothing, and runs no script but the page's own. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The report of a run as one HTML document that loads nothing. `records` are the lines of records.jsonl, which the page offers for download
 * unaltered. All its characters are visible, wherever a text comes from.
 */
export function pageHtml(results: Results, records: string): string {
  const embedded = packedRecords(records);
  const all = results.verdict === 'pass' ? SECTIONS : [FAILED, ...SECTIONS];
  const sections = drawnSections(all, results, MOST_BYTES - FRAME_BYTES - (embedded?.length ?? 0));
  return `<!doctype html>\n${shown(render(<Page results={results} sections={sections} packed={embedded} />))}\n`;
}

/** The records as base64, which needs no escape in HTML; undefined where they are too long for the page. */
function packedRecords(records: string): string | undefined {
  // these do not get that short, and packing them would take seconds
  if (records.length > MOST_PACKED * 20) return undefined;
  const packed = gzipSync(records).toString('base64');
  return packed.length > MOST_PACKED ? undefined : packed;
}

type PageProps = {
  readonly results: Results;
  readonly sections: readonly DrawnSection[];
  readonly packed: string | undefined;
};

function Page({ results, sections, packed }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{`${results.environment?.lab ?? 'lab'}: report`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <Header results={results} />
        <div class="columns">
          <Navigation sections={sections} />
          <main>
            {sections.map(({ id, title, question, html }) => (
              <Section id={id} title={title} question={question}>
                <div dangerouslySetInnerHTML={{ __html: html }} />
              </Section>
            ))}
          </main>
        </div>
        {packed === undefined ? null : (
          <script type="application/octet-stream" id="records" dangerouslySetInnerHTML={{ __html: packed }} />
        )}
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}
