import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import { fileSchema } from '../../../records/measured/file.ts';
import { evidenceOf, recordsAbout } from '../../../records/measurements.ts';
import type { Results } from '../../../records/results.ts';
import { type LoginRow, loginRows } from '../analysis/logins.ts';
import {
  cellText,
  type Right,
  type RightCell,
  type RightPair,
  rightCells,
  rightPairs,
  summed,
  type Widened,
  widenedRights,
} from '../analysis/rights.ts';
import { counted, listed, whole } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { HostFile } from '../parts/file.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Name } from '../parts/text.tsx';

/** With more pairs of user and topic, the table has one row for those without a failure, a right or a deviation. */
const MOST_PAIRS = 100;
/** Of more reasons the page names the first. */
const MOST_WIDENED = 40;

const TITLES: Readonly<Record<Right, string>> = {
  publish: 'publish',
  'retain-set': 'set retained',
  'retain-clear': 'clear retained',
  subscribe: 'receive',
  will: 'leave a last will',
};

/** Who may log in, who may do what (by the lab file and as observed), and the files that the broker decides by. */
export function Authorisation({ results }: SectionProps) {
  const cells = rightCells(results);
  const logins = loginRows(results);
  const widened = widenedRights(cells);
  return (
    <>
      {logins.length === 0 ? (
        <NotMeasured results={results} about="login" command={`${CALLED_AS} verify --only auth`} />
      ) : (
        <Logins rows={logins} />
      )}
      {cells.length === 0 ? (
        <NotMeasured results={results} about="right" command={`${CALLED_AS} verify --only acl`} />
      ) : (
        <Rights cells={cells} />
      )}
      {widened.length === 0 ? null : <WhyMore widened={widened} />}
      <Files results={results} />
    </>
  );
}

function Logins({ rows }: { readonly rows: readonly LoginRow[] }) {
  return (
    <>
      <h3>Who may log in</h3>
      <Table
        caption="Attempts to log in, over MQTT 3.1.1 and 5, from this machine and from the Pis"
        columns={[
          'with',
          { title: 'attempts', align: 'right' },
          { title: 'should be accepted', align: 'right' },
          { title: 'accepted', align: 'right' },
          'verdict',
        ]}
        rows={rows.map(({ kind, tried, expected, accepted, verdict, checks }) => [
          kind,
          tried,
          expected,
          accepted,
          <WorstOf verdict={verdict} checks={checks} />,
        ])}
      />
    </>
  );
}

function Rights({ cells }: { readonly cells: readonly RightCell[] }) {
  const rights = [...new Set(cells.map(({ right }) => right))];
  const { listed: pairs, others } = rightPairs(cells, MOST_PAIRS);
  return (
    <>
      <h3>Who may do what</h3>
      <p>
        Each cell gives the right by the lab file, and how many attempts took effect. The messages that arrive at a
        subscriber decide, not an acknowledgement: a broker may acknowledge a message that it drops [MQTT-3.3.5-2].
      </p>
      <Table
        caption="Rights of each user on each topic"
        columns={['user, topic', ...rights.map((right) => TITLES[right])]}
        rows={[
          ...pairs.map((own) => [
            <>
              <Name>{own[0].user}</Name> on <Name>{own[0].topic}</Name>
            </>,
            ...rights.map((right) => <RightText cell={own.find((cell) => cell.right === right)} />),
          ]),
          ...(others.length === 0 ? [] : [othersRow(others, rights)]),
        ]}
      />
      {others.length === 0 ? null : (
        <p class="small">
          A user and a topic have a row of their own where a check failed or the lab file gives a right, up to{' '}
          {counted(MOST_PAIRS, 'row')}. The others are one row; records.jsonl beside the page has each check.
        </p>
      )}
    </>
  );
}

/** The pairs without a row of their own. */
function othersRow(others: readonly RightPair[], rights: readonly Right[]) {
  return [
    `${counted(others.length, 'other pair')} of user and topic`,
    ...rights.map((right) => {
      const { tried, succeeded, verdict } = summed(others.flat().filter((cell) => cell.right === right));
      return (
        <>
          {whole(succeeded)} of {whole(tried)} succeeded
          <br />
          <VerdictMark verdict={verdict} />
        </>
      );
    }),
  ];
}

function RightText({ cell }: { readonly cell: RightCell | undefined }) {
  if (cell === undefined) return <>not tried</>;
  return (
    <>
      {cellText(cell)}
      <br />
      <WorstOf verdict={cell.verdict} checks={cell.checks} />
    </>
  );
}

/** The worst verdict of some checks, with a link to its check. */
function WorstOf({ verdict, checks }: Pick<RightCell, 'verdict' | 'checks'>) {
  const check = checks.find((record) => record.verdict === verdict);
  return (
    <>
      <VerdictMark verdict={verdict} />
      {check === undefined || verdict === 'pass' ? null : (
        <>
          {' '}
          <CheckLink id={check.id} words="see" />
        </>
      )}
    </>
  );
}

function WhyMore({ widened }: { readonly widened: readonly Widened[] }) {
  const pairs = groupsOf(widened, ({ user, topic, by }) => JSON.stringify([user, topic, by]));
  return (
    <>
      <h3>Why a user has more rights than the lab file gives</h3>
      <ul>
        {pairs.slice(0, MOST_WIDENED).map((own) => (
          <li>
            <WhyOne own={own} />
          </li>
        ))}
        {pairs.length > MOST_WIDENED ? (
          <li>The same for {counted(pairs.length - MOST_WIDENED, 'more pair')} of user and topic, in the records.</li>
        ) : null}
      </ul>
    </>
  );
}

function WhyOne({ own }: { readonly own: readonly [Widened, ...Widened[]] }) {
  const [{ user, topic, by, reason, check }] = own;
  const more = listed(own.map(({ right }) => TITLES[right]));
  return (
    <>
      The lab file lets <Name>{user}</Name> {by === undefined ? 'do something else' : TITLES[by]} on{' '}
      <Name>{topic}</Name>, and with that right the broker also permits: {more}. The reason: {reason}. Seen in{' '}
      <CheckLink id={check.id} />.
    </>
  );
}

/** The password file with its hashes shortened, and the access control list, where the run recorded them. */
function Files({ results }: { readonly results: Results }) {
  const files = recordsAbout(results.checks, 'broker file').flatMap(({ record: check }) =>
    evidenceOf(check, fileSchema).map((file) => ({ file, check })),
  );
  if (files.length === 0)
    return <NotMeasured results={results} about="broker file" command={`${CALLED_AS} verify --only install`} />;
  return (
    <>
      <h3>The files by which the broker decides</h3>
      {files.map(({ file, check }) => (
        <>
          <HostFile {...file} />
          <p class="small">
            <CheckLink id={check.id} /> compares it with the lab file.
          </p>
        </>
      ))}
    </>
  );
}
