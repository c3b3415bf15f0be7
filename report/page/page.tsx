import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { render } from 'preact-render-to-string';
import { errorMessage } from '../../base/errors.ts';
import type { Results } from '../../records/results.ts';
import { valueScript } from '../keep-alive-value/script.ts';
import { shown } from './format.ts';
import { Header } from './parts/header.tsx';
import { Navigation } from './parts/navigation.tsx';
import { Section } from './parts/section.tsx';
import { FAILED, SECTIONS, type SectionOfPage } from './sections.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const STYLE = ['./style.css', './parts.css', './keep-alive.css', './print.css'].map(read).join('');
const SCRIPT = read('./script.js') + valueScript();

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
  return `<!doctype html>\n${shown(render(<Page results={results} records={records} />))}\n`;
}

function Page({ results, records }: { readonly results: Results; readonly records: string }) {
  const sections = results.verdict === 'pass' ? SECTIONS : [FAILED, ...SECTIONS];
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
            {sections.map(({ id, title, question, Content }) => (
              <Section id={id} title={title} question={question}>
                <Guarded Content={Content} results={results} />
              </Section>
            ))}
          </main>
        </div>
        <script type="application/octet-stream" id="records" dangerouslySetInnerHTML={{ __html: packed(records) }} />
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}

/** A section that throws leaves the others alone, and the run too. */
function Guarded({ Content, results }: { readonly Content: SectionOfPage['Content']; readonly results: Results }) {
  try {
    return <div dangerouslySetInnerHTML={{ __html: render(<Content results={results} />) }} />;
  } catch (error) {
    return <p class="undrawn">This section failed: {errorMessage(error)}</p>;
  }
}

/** Compressed, as base64, which needs no escape in HTML. */
function packed(text: string): string {
  return gzipSync(text).toString('base64');
}
