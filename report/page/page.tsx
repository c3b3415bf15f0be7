import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { render } from 'preact-render-to-string';
import type { Results } from '../json.ts';
import { Header } from './parts/header.tsx';
import { Section } from './parts/section.tsx';
import { Failures } from './sections/failures.tsx';
import { SECTIONS } from './sections.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const STYLE = `${read('./style.css')}${read('./print.css')}`;
const SCRIPT = read('./script.js');

/** Nothing is loaded from anywhere, and no script runs but the page's own. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The report of a run as one HTML document that needs nothing else; `records` are the lines of records.jsonl, which it gives away unaltered. */
export function pageHtml(results: Results, records: string): string {
  return `<!doctype html>\n${render(<Page results={results} records={records} />)}\n`;
}

function Page({ results, records }: { readonly results: Results; readonly records: string }) {
  const title = `${results.environment?.lab ?? 'lab'}: report`;
  const failed = results.counts.fail > 0;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <Header results={results} />
        <main>
          {failed ? (
            <Section id="failures" title="What failed">
              <Failures results={results} />
            </Section>
          ) : null}
          {SECTIONS.map(({ id, title, question, Content }) => (
            <Section id={id} title={title} question={question}>
              <Content results={results} />
            </Section>
          ))}
        </main>
        <script type="application/octet-stream" id="records" dangerouslySetInnerHTML={{ __html: packed(records) }} />
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}

/** Compressed and in letters that mean nothing in HTML. */
function packed(text: string): string {
  return gzipSync(text).toString('base64');
}
