import type { ComponentChildren } from 'preact';
import { seconds } from '../../paint.ts';
import type { CheckRecord } from '../../record.ts';
import { anchorOf } from '../anchor.ts';
import { evidenceLines } from '../evidence-text.ts';
import { valueText } from '../value-text.ts';
import { VerdictMark } from './check-link.tsx';
import { Permalink } from './section.tsx';
import { Name, Text } from './text.tsx';

/** A record, folded: its verdict, id and claim, and inside all that it says. */
export function CheckDetails({ record }: { readonly record: CheckRecord }) {
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

/** What was expected and observed, why, where, and the packets. */
export function CheckFacts({ record }: { readonly record: CheckRecord }) {
  const { id, statement, expected, observed, reason, evidence = [], host, versions, startedAt, durationMs } = record;
  const lines = evidenceLines(evidence);
  return (
    <dl>
      {reason === undefined ? null : (
        <Fact name="reason">
          <Text>{reason}</Text>
        </Fact>
      )}
      {statement === undefined ? null : <Fact name="rests on">[{statement}]</Fact>}
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
        {host === undefined ? 'nowhere' : <Text>{`on ${host}`}</Text>}, {new Date(startedAt).toISOString()},{' '}
        {seconds(durationMs)}
        {versions === undefined ? null : <Text>{`; ${versions.broker}, ${versions.client}`}</Text>}
      </Fact>
      <Fact name="again">
        <Name>{`./lab verify --only '${id}'`}</Name> <Permalink to={anchorOf(id)} name="this check" />
      </Fact>
    </dl>
  );
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
