import { groupsOf } from '../groups.ts';
import { type WillRow, willRows } from '../judge/will-rows.ts';
import { willSentences } from '../judge/will-says.ts';
import type { WillSentence } from '../judge/will-sentence.ts';
import { type Example, examplesOf, momentText, storyOf } from '../judge/will-story.ts';
import { causeName, endText, timelineText, willText } from '../judge/will-words.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import { Says } from '../parts/says.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Table } from '../parts/table.tsx';
import { Text } from '../parts/text.tsx';
import { WillLegend, WillTimeline } from '../parts/will-timeline.tsx';

const COMMAND = './lab verify --only will';

/** What became of last wills, by what ended their owners' connections: side by side, in time, and what contradicts the standard. */
export function LastWill({ results }: SectionProps) {
  const rows = willRows(results);
  if (rows.length === 0) return <NotMeasured results={results} prefix="will" command={COMMAND} />;
  const examples = examplesOf(rows);
  return (
    <>
      {willSentences(rows).map(({ sentence, checks }) => (
        <Says sentence={sentence}>
          <Links ids={checks} />
        </Says>
      ))}
      {examples.length === 0 ? null : <SideBySide examples={examples} />}
      {groupsOf(rows, ({ topic, role }) => JSON.stringify([topic, role])).map((group) => (
        <Timeline rows={group} />
      ))}
      <p class="small">
        Times are this machine’s: from when the end was ordered, or for silence from the client’s last packet, to when
        the message was here. The broker’s log tells whole seconds; the time of a line is when it had reached this
        machine.
        {rows.some(({ isLogged }) => isLogged) ? '' : ' In this run it could not be read, or does not tell of clients.'}
      </p>
    </>
  );
}

const MOST_LINKS = 3;

/** Links to the checks that a sentence rests on; the rest of many is in the tables. */
function Links({ ids }: { readonly ids: WillSentence['checks'] }) {
  if (ids.length === 0) return null;
  const more = ids.length - MOST_LINKS;
  return (
    <span class="small">
      {' '}
      (
      {ids.slice(0, MOST_LINKS).map((id, index) => (
        <>
          {index === 0 ? '' : ', '}
          <CheckLink id={id} />
        </>
      ))}
      {more > 0 ? ` and ${more} more` : ''})
    </span>
  );
}

/** The three ends that the question asks to compare, and a goodbye. */
function SideBySide({ examples }: { readonly examples: readonly Example[] }) {
  const row = (heading: string, cell: (row: WillRow) => string) => [
    heading,
    ...examples.map((example) => <Text>{cell(example.row)}</Text>),
  ];
  return (
    <>
      <h3>Side by side</h3>
      <Table
        caption="A publisher with a last will, lost in different ways"
        columns={['what is seen', ...examples.map(({ title }) => title)]}
        rows={[
          row('what ends it', ({ what }) => what ?? ''),
          row('end of the connection', endText),
          row('the broker’s log', ({ log }) => log.map(({ text }) => withoutId(text)).join(' ') || 'not read'),
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
            rows={storyOf(record).map(({ afterMs, who, what }) => [
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

/** A log line without the client id, which says nothing side by side. */
function withoutId(text: string): string {
  return text.replace(/\blab-[0-9a-f]+\b/, '…');
}

function Timeline({ rows }: { readonly rows: readonly [WillRow, ...WillRow[]] }) {
  const [{ role, topic }] = rows;
  return (
    <>
      <h3>
        In time: the {role} on <Text>{topic}</Text>
      </h3>
      <Figure
        id={`figure-last-will-${role}-${encodeURIComponent(topic)}`}
        caption={`From what ended the ${role}’s connection to its last will at a subscriber; a row a cause, marks of MQTT 3.1.1 and 5 together.`}
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
