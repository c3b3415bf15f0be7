import type { Results } from '../../../records/results.ts';
import { fileSchema } from '../evidence-text.ts';
import { listed } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { type LoginRow, loginRows } from '../judge/logins.ts';
import { type Action, cellText, type RightCell, rightCells, type Widened, widenedRights } from '../judge/rights.ts';
import { checksOf, evidenceOf } from '../measured.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { HostFile } from '../parts/file.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Table } from '../parts/table.tsx';
import { Name } from '../parts/text.tsx';

const TITLES: Readonly<Record<Action, string>> = {
  publish: 'publish',
  'retain-set': 'set retained',
  'retain-clear': 'clear retained',
  subscribe: 'receive',
  will: 'leave a last will',
};

/** Who is let in, who may do what, wanted beside observed, and the files that the broker decides by. */
export function Authorisation({ results }: SectionProps) {
  const cells = rightCells(results);
  const logins = loginRows(results);
  const widened = widenedRights(cells);
  return (
    <>
      {logins.length === 0 ? (
        <NotMeasured results={results} prefix="auth" command="./lab verify --only auth" />
      ) : (
        <Logins rows={logins} />
      )}
      {cells.length === 0 ? (
        <NotMeasured results={results} prefix="acl" command="./lab verify --only acl" />
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
      <h3>Who is let in</h3>
      <Table
        caption="Attempts to log in, over MQTT 3.1.1 and 5, from this machine and from the Pis"
        columns={[
          'with',
          { title: 'attempts', align: 'right' },
          { title: 'to be let in', align: 'right' },
          { title: 'let in', align: 'right' },
          'verdict',
        ]}
        rows={rows.map(({ kind, tried, wantedIn, letIn, verdict, checks }) => [
          kind,
          tried,
          wantedIn,
          letIn,
          <WorstOf verdict={verdict} checks={checks} />,
        ])}
      />
    </>
  );
}

function Rights({ cells }: { readonly cells: readonly RightCell[] }) {
  const actions = [...new Set(cells.map(({ action }) => action))];
  const pairs = groupsOf(cells, ({ user, topic }) => JSON.stringify([user, topic]));
  return (
    <>
      <h3>Who may do what</h3>
      <p>
        Wanted by the lab file, beside what took effect. Judged by what arrived at a subscriber, not by
        acknowledgements: a broker may acknowledge what it drops [MQTT-3.3.5-2].
      </p>
      <Table
        caption="Users and topics × actions: wanted; how often it took effect"
        columns={['user, topic', ...actions.map((action) => TITLES[action])]}
        rows={pairs.map((own) => [
          <>
            <Name>{own[0].user}</Name> on <Name>{own[0].topic}</Name>
          </>,
          ...actions.map((action) => <Right cell={own.find((cell) => cell.action === action)} />),
        ])}
      />
    </>
  );
}

function Right({ cell }: { readonly cell: RightCell | undefined }) {
  if (cell === undefined) return <>not tried</>;
  return (
    <>
      {cellText(cell)}
      <br />
      <WorstOf verdict={cell.verdict} checks={cell.checks} />
    </>
  );
}

/** The worst verdict of some checks, which leads to the check that has it. */
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
      <h3>Why somebody may do more than the lab file says</h3>
      <ul>
        {pairs.map((own) => (
          <li>
            <WhyOne own={own} />
          </li>
        ))}
      </ul>
    </>
  );
}

function WhyOne({ own }: { readonly own: readonly [Widened, ...Widened[]] }) {
  const [{ user, topic, by, reason, check }] = own;
  const more = listed(own.map(({ action }) => TITLES[action]));
  return (
    <>
      The lab file lets <Name>{user}</Name> {by === undefined ? 'do something else' : TITLES[by]} on{' '}
      <Name>{topic}</Name>; what the broker allows them with it: {more}. For {reason}. Seen in{' '}
      <CheckLink id={check.id} />.
    </>
  );
}

/** The password file with its hashes shortened, and the access control list, where the run kept them. */
function Files({ results }: { readonly results: Results }) {
  const files = ['install.users', 'install.rights'].flatMap((id) =>
    checksOf(results, id).flatMap((check) => evidenceOf(check, fileSchema).map((file) => ({ file, check }))),
  );
  if (files.length === 0)
    return <NotMeasured results={results} prefix="install.users" command="./lab verify --only install" />;
  return (
    <>
      <h3>What the broker decides by</h3>
      {files.map(({ file, check }) => (
        <>
          <HostFile {...file} />
          <p class="small">
            Compared with the lab file in <CheckLink id={check.id} />.
          </p>
        </>
      ))}
    </>
  );
}
