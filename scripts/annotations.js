// GitHub's annotations of a lab file, from what `--json` prints. Plain JavaScript without packages: the action runs it before anything is installed.

/** GitHub shows ten of each kind a step. */
const MOST = 10;

/** @typedef {{ level: 'error' | 'warning', title: string, text: string, line?: number, column?: number }} Annotation */

/**
 * Workflow commands, a line each, for what failed in `run`; `labText` is the text of the lab file, which `file` names.
 * @returns {string[]}
 */
export function annotations(run, { file, labText }) {
  return [...mistakesOf(run), ...hostsOf(run, labText), ...checksOf(run, labText)].map((one) => command(one, file));
}

/** `lab.yaml:3:5: text` names its place. */
function mistakesOf({ mistakes = [], error }) {
  const placed = mistakes.map((mistake) => {
    const [, line, column, text] = /^[^\n]*?:(\d+):(\d+): ([\s\S]*)$/.exec(mistake) ?? [];
    const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
    return { level: 'error', title: 'lab file', text: text ?? mistake, ...place };
  });
  if (error === undefined) return placed;
  const { subject, step, happened, advice } = error;
  const text = `${subject}: ${step}: ${happened}${advice === undefined ? '' : `\ntry: ${advice}`}`;
  return [...placed, { level: 'error', title: 'mqtt-lab', text }];
}

function hostsOf({ hosts = [] }, labText) {
  return hosts.flatMap(({ host, error }) =>
    error === undefined ? [] : [{ level: 'error', title: host, text: error, line: lineOf(labText, [host]) }],
  );
}

/** One for each reason: a broker that does not answer fails hundreds of checks. */
function checksOf({ checks = [] }, labText) {
  return ['fail', 'inconclusive'].flatMap((verdict) => {
    const groups = new Map();
    for (const check of checks) {
      if (check.verdict !== verdict) continue;
      const cause = (check.reason ?? check.id).replaceAll(/\d+/g, '#');
      groups.set(cause, [...(groups.get(cause) ?? []), check]);
    }
    const level = verdict === 'fail' ? 'error' : 'warning';
    return [...groups.values()].slice(0, MOST).map((group) => ({ level, ...explained(group, labText) }));
  });
}

function explained([{ id, claim, reason, expected, observed, advice, subject = {}, host }, ...others], labText) {
  const lines = [
    claim,
    ...(reason === undefined ? [] : [reason]),
    `expected ${shortened(JSON.stringify(expected))}, observed ${shortened(JSON.stringify(observed))}`,
    ...(advice === undefined ? [] : [`try: ${advice}`]),
    ...(others.length === 0 ? [] : [`${others.length} more for the same reason`]),
  ];
  return { title: id, text: lines.join('\n'), line: lineOf(labText, [subject.topic, subject.user, host]) };
}

/** The first line that has one of these names as its key; 1 without any. */
function lineOf(labText, names) {
  const lines = labText.split('\n');
  for (const name of names) {
    if (name === undefined) continue;
    const found = lines.findIndex((line) => keysOf(line).includes(name));
    if (found >= 0) return found + 1;
  }
  return 1;
}

/** The keys of a line of YAML: those of `pi: { host: container }` are pi and host. */
function keysOf(line) {
  return [...line.matchAll(/(?:^|[{,])\s*(?:"([^"]*)"|'([^']*)'|([^\s"'{},:][^:{},]*?))\s*:(?=\s|$)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain,
  );
}

function shortened(text = 'nothing') {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** @param {Annotation} annotation */
function command({ level, title, text, line = 1, column }, file) {
  const properties = { file, line, ...(column === undefined ? {} : { col: column }), title: `mqtt-lab: ${title}` };
  const words = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(String(value))}`);
  return `::${level} ${words.join(',')}::${escapedData(text)}`;
}

/** As GitHub's own toolkit escapes (actions/toolkit, packages/core/src/command.ts). */
function escapedData(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text) {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
