import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import { seconds } from '../../../base/paint.ts';
import type { CheckRecord } from '../../../records/record.ts';
import { anchorOf, hrefOf } from '../anchor.ts';
import { DrawnChecksContext } from '../drawn-checks.ts';
import { evidenceLines } from '../evidence-text.ts';
import { valueText } from '../value-text.ts';
import { VerdictMark } from './check-link.tsx';
import { Name, Text } from './text.tsx';

const drawn = new WeakMap<CheckRecord, string>();

/** A record as HTML; drawn once, possibly in advance. */
export function drawnCheck(record: CheckRecord): string {
  const html = drawn.get(record) ?? render(<CheckDetails record={record} />);
  drawn.set(record, html);
  return html;
}

/** A folded record: verdict, id and claim outside, all its facts inside. */
function CheckDetails({ record }: { readonly record: CheckRecord }) {
  const { id, claim, verdict } = record;
  return (
    <details id={anchorOf(id)} class={`check ${verdict}`}>
      <summary>
        <VerdictMark verdict={verdict} /> <Name>{id}</Name> <Text>{claim}</Text>
      </summary>
      <CheckFacts record={record} />
    </details>
  );
}

/** Reason, advice, statement, expected, observed, evidence, where and when. */
export function CheckFacts({ record }: { readonly record: CheckRecord }) {
  const { id, statement, expected, observed, reason, advice, verdict, evidence = [] } = record;
  const lines = evidenceLines(evidence, verdict === 'pass');
  return (
    <dl>
      {reason === undefined ? null : (
        <Fact name="reason">
          <Text>{reason}</Text>
        </Fact>
      )}
      {advice === undefined ? null : (
        <Fact name="try">
          <Text>{advice}</Text>
        </Fact>
      )}
      {statement === undefined ? null : <Fact name="statement">[{statement}]</Fact>}
      <Fact name="expected">
        <Pre text={valueText(expected)} />
      </Fact>
      <Fact name="observed">
        <Pre text={valueText(observed)} />
      </Fact>
      {lines.length === 0 ? null : (
        <Fact name="evidence">
          <Pre text={lines.join('\n')} />
        </Fact>
      )}
      <Fact name="ran">
        {ranText(record)}{' '}
        <DrawnChecksContext.Consumer>
          {(drawn) => (drawn.has(id) ? <a href={hrefOf(id)}>permalink</a> : null)}
        </DrawnChecksContext.Consumer>
      </Fact>
    </dl>
  );
}

/** Where and when it ran. */
function ranText({ host, startedAt, durationMs }: CheckRecord): string {
  const time = new Date(startedAt).toISOString().slice('YYYY-MM-DDT'.length, -1);
  return `${host === undefined ? 'did not begin' : `on ${host}`}, ${time} UTC, ${seconds(durationMs)}`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Pre({ text }: { readonly text: string }) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too
  return <pre tabIndex={0}>{text}</pre>;
}
