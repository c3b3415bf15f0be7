import { describe } from '../../base/errors.ts';
import { seconds } from '../../base/paint.ts';
import type { Environment } from '../../records/environment.ts';
import type { FailureJson } from '../../records/json/failure.ts';
import type { ResultsJson } from '../../records/json/results.ts';
import type { UpJson } from '../../records/json/up.ts';
import type { CheckRecord } from '../../records/record.ts';
import { type Cause, causesOf, countOthers } from '../causes.ts';
import { groupsOf } from '../page/groups.ts';
import { leftOutLines } from '../recap/left-out.ts';
import { countWords } from '../recap/repeat.ts';
import { code, codeBlock, escaped } from './markdown.ts';

/** What `verify --json` or `up --json` prints; where the command fails afterwards, with its error. */
export type Summarized = {
  readonly run?: ResultsJson | UpJson | undefined;
  readonly failure?: FailureJson | undefined;
};

/** More causes and reasons than these are counted: GitHub shows at most 1 MiB of a summary. */
const MOST_CAUSES = 20;
const MOST_REASONS = 20;
const MOST_EXAMPLES = 3;
const LONGEST_TEXT = 1_000;
const LONGEST_VALUE = 300;

/** A run as Markdown: verdict, counts, hosts, failed and inconclusive checks, known deviations, versions. */
export function summary({ run, failure }: Summarized): string {
  const { counts, checks = [], environment, runs, wanted }: Partial<ResultsJson> = run ?? {};
  const hosts = run !== undefined && 'hosts' in run ? run.hosts : [];
  const took =
    environment === undefined ? '' : ` in ${seconds(environment.durationMs)} (${escaped(environment.scope)})`;
  return [
    `## ${headline(failure?.verdict ?? run?.verdict ?? 'fail', environment?.lab)}`,
    ...(counts === undefined ? [] : ['', `**${countWords(counts)}**${took}`]),
    ...(runs === undefined ? [] : ['', `${runs.filter(isPassed).length} of ${wanted ?? runs.length} runs passed`]),
    ...leftOutLines(environment).flatMap((line) => ['', escaped(line)]),
    ...(failure === undefined ? [] : failureSection(failure)),
    ...section('Hosts', hosts.flatMap(hostLines)),
    ...section('Failed and inconclusive checks', causeLines(checks)),
    ...section('Known deviations', deviationLines(checks)),
    ...section('Versions', environment === undefined ? [] : versionLines(environment)),
    '',
  ].join('\n');
}

const isPassed = ({ verdict }: Pick<ResultsJson, 'verdict'>): boolean => verdict === 'pass';

function headline(verdict: ResultsJson['verdict'], lab: string | undefined): string {
  const words = { pass: '✓ passed', fail: '✗ failed', inconclusive: '? inconclusive' }[verdict];
  return lab === undefined ? `mqtt-lab: ${words}` : `${code(lab)}: ${words}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `### ${title}`, '', ...lines];
}

function failureSection(failure: FailureJson): string[] {
  if ('error' in failure) return section('Error', codeBlock(describe(failure.error)));
  return section(
    'Mistakes in the input',
    failure.mistakes.map((mistake) => `- ${escaped(mistake)}`),
  );
}

function hostLines({ host, state, changes, error }: UpJson['hosts'][number]): string[] {
  const count = changes.length === 0 ? '' : `, ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  const block = error === undefined ? [] : ['', ...codeBlock(error).map((line) => `  ${line}`), ''];
  return [`- ${code(host)} ${state}${count}`, ...block];
}

function causeLines(checks: readonly CheckRecord[]): string[] {
  const causes = causesOf(checks);
  const rest = causes.slice(MOST_CAUSES).flat().length;
  return [
    ...causes.slice(0, MOST_CAUSES).flatMap(explain),
    ...(rest === 0 ? [] : [`- ${rest} more failed or could not be judged; results.json has them`]),
  ];
}

function explain(cause: Cause): string[] {
  const [{ id, verdict, claim, statement, reason, expected, observed }, ...others] = cause;
  const source = statement === undefined ? '' : ` (${escaped(statement)})`;
  const also = countOthers(cause);
  return [
    `- **${code(id)}** ${verdict === 'fail' ? 'failed' : verdict}`,
    `  - claim: ${escaped(claim)}${source}`,
    ...(reason === undefined ? [] : [`  - reason: ${escaped(shortened(reason, LONGEST_TEXT))}`]),
    `  - expected: ${valueText(expected)}`,
    `  - observed: ${valueText(observed)}`,
    ...tryLine(cause[0]),
    ...(also === undefined ? [] : [`  - also: ${also}: ${examples(others)}`]),
  ];
}

/** What to try; an inconclusive check says in its reason what kept it from a verdict. */
function tryLine({ verdict, advice }: CheckRecord): string[] {
  if (advice !== undefined) return [`  - try: ${escaped(advice)}`];
  return verdict === 'fail' ? ['  - try: the cause is unknown; the report.html of the run shows the packets'] : [];
}

/** One line for each reason, the most frequent first. */
function deviationLines(checks: readonly CheckRecord[]): string[] {
  const known = checks.filter(({ verdict }) => verdict === 'deviation');
  const groups = groupsOf(known, reasonOf).toSorted((one, other) => other.length - one.length);
  const rest = groups.slice(MOST_REASONS).flat().length;
  return [
    ...groups.slice(0, MOST_REASONS).map((group) => {
      const count = group.length === 1 ? '1 check' : `${group.length} checks`;
      return `- ${count}: ${escaped(shortened(reasonOf(group[0]), LONGEST_TEXT))} (${examples(group)})`;
    }),
    ...(rest === 0 ? [] : [`- ${rest} for other reasons`]),
  ];
}

const reasonOf = ({ reason = 'no reason given' }: CheckRecord): string => reason;

function versionLines({ node, broker, clients, hosts }: Environment): string[] {
  const software = hosts.map(({ name, system, architecture }) => {
    const parts = [clients[name], system, architecture].filter((part) => part !== undefined);
    return `- ${code(name)}: ${parts.length === 0 ? 'not known' : parts.map(escaped).join(', ')}`;
  });
  return [`- broker: ${escaped(broker.version)}`, ...software, `- Node ${escaped(node)}`];
}

function examples(checks: readonly CheckRecord[]): string {
  const ids = checks.slice(0, MOST_EXAMPLES).map(({ id }) => code(id));
  return `${ids.join(', ')}${checks.length > ids.length ? ', …' : ''}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return code(shortened(text, LONGEST_VALUE));
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
