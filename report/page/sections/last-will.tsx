import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import { willConclusions } from '../analysis/will-conclusions.ts';
import { type WillRow, willRows } from '../analysis/will-rows.ts';
import { type Example, examplesOf, momentText, timelineOf } from '../analysis/will-timeline.ts';
import { causeName, endText, timelineText, willText } from '../analysis/will-words.ts';
import { counted } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';
import { WillLegend, WillTimeline } from '../parts/will-timeline.tsx';

/** Of more topics and roles the page draws the first, and failures before others. */
const MOST_TIMELINES = 4;
const COMMAND = `${CALLED_AS} verify --only will`;

/** Last wills by what ended their owners' connections: side by side, in time, and against the standard. */
export function LastWill({ results }: SectionProps) {
  const rows = willRows(results);
  if (rows.length === 0) return <NotMeasured results={results} about="last will" command={COMMAND} />;
  const examples = examplesOf(rows);
  const found = groupsOf(rows, ({ topic, role }) => JSON.stringify([topic, role]));
  const isBad = (group: readonly WillRow[]) => group.some(({ record: { verdict } }) => verdict === 'fail');
  const groups = [...found.filter(isBad), ...found.filter((group) => !isBad(group))];
  return (
    <>
      {willConclusions(rows).map((conclusion) => (
        <ConclusionText conclusion={conclusion} />
      ))}
      {examples.length === 0 ? null : <SideBySide examples={examples} />}
      {groups.slice(0, MOST_TIMELINES).map((group) => (
        <Timeline rows={group} />
      ))}
      {groups.length > MOST_TIMELINES ? (
        <p>
          {counted(groups.length - MOST_TIMELINES, 'more timeline')} of other topics would make the page too long.
          records.jsonl beside it has their checks.
        </p>
      ) : null}
      <p class="small">
        This machine’s clock gives the times: from the order to end the connection, or from the last packet of a silent
        client, until the message arrived here. The broker’s log has whole seconds only, so the time of a line is when
        it reached this machine.
        {rows.some(({ isLogged }) => isLogged) ? '' : ' In this run the log could not be read, or names no clients.'}
      </p>
    </>
  );
}

/** The three ends that the question compares, and a clean DISCONNECT. */
function SideBySide({ examples }: { readonly examples: readonly Example[] }) {
  const row = (heading: string, cell: (row: WillRow) => string) => [
    heading,
    ...examples.map((example) => <Text>{cell(example.row)}</Text>),
  ];
  return (
    <>
      <h3>Side by side</h3>
      <Table
        caption="A publisher with a last will whose connection ends in different ways"
        columns={['fact', ...examples.map(({ title }) => title)]}
        rows={[
          row('what ends it', ({ what }) => what ?? ''),
          row('end of the connection', endText),
          row('the broker’s log', ({ log }) => log.map(({ text }) => withoutId(text)).join(' ') || 'no line'),
          row('last will', willText),
          ['check', ...examples.map(({ row: { record } }) => <CheckLink id={record.id} words="check" />)],
        ]}
      />
      <details>
        <summary>Each of them packet by packet</summary>
        {examples.map(({ title, row: { record } }) => (
          <Table
            caption={`${title}: times from the cause`}
            columns={[{ title: 'time', align: 'right' }, 'where', 'what']}
            rows={timelineOf(record).map(({ afterMs, who, what }) => [
              momentText(afterMs),
              <Text>{who}</Text>,
              <Text>{what}</Text>,
            ])}
          />
        ))}
      </details>
    </>
  );
}

/** A log line without its client id. */
function withoutId(text: string): string {
  return text.replace(/\blab-[0-9a-f]+\b/, '…');
}

function Timeline({ rows }: { readonly rows: readonly [WillRow, ...WillRow[]] }) {
  const [{ role, topic }] = rows;
  return (
    <>
      <h3>
        Timeline: the {role} on <Text>{topic}</Text>
      </h3>
      <Figure
        id={`figure-last-will-${role}-${encodeURIComponent(topic)}`}
        caption={`From the end of the ${role}’s connection to its last will at a subscriber. Each row is a cause, with the marks of MQTT 3.1.1 and 5 together.`}
        alternative={timelineText(rows)}
        command={COMMAND}
        drawing={<WillTimeline rows={rows} />}
        legend={<WillLegend />}
      >
        <details>
          <summary>The same as a table, with the broker’s log</summary>
          <Table
            caption={`The ${role}’s last wills, check by check`}
            columns={['cause', 'over or on', 'end of the connection', 'the broker’s log', 'last will', 'check']}
            rows={rows.map((row) => [
              causeName(row),
              <Text>{row.where}</Text>,
              endText(row),
              <Text>{row.log.map(({ text }) => withoutId(text)).join(' ')}</Text>,
              willText(row),
              <>
                <VerdictMark verdict={row.record.verdict} /> <CheckLink id={row.record.id} words="check" />
              </>,
            ])}
          />
        </details>
      </Figure>
    </>
  );
}
