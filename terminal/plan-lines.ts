import { errorMessage } from '../base/errors.ts';
import { type Paint, printable } from '../base/paint.ts';
import type { LabPlan } from '../deployment/plan-lab.ts';
import type { Place, PlannedHost } from '../deployment/planned-host.ts';
import type { Item } from '../provisioning/resources/resource.ts';
import { errorText } from './outcome-lines.ts';

const SIGNS = { create: '+', change: '~', remove: '-', unchanged: '=', unknown: '?' } as const;
const STYLES = { create: 'green', change: 'yellow', remove: 'red', unchanged: 'dim', unknown: 'cyan' } as const;

type Shown = Pick<LabPlan, 'docker'> & {
  readonly hosts: readonly (Pick<PlannedHost, 'name' | 'items' | 'error'> & { readonly place: Pick<Place, 'kind'> })[];
};

/** The whole plan: a line for each thing, files as unified diffs, errors, and the sum. */
export function planLines(plan: Shown, paint: Paint): string[] {
  const errors = plan.hosts.flatMap(({ name, error }) =>
    error === undefined ? [] : [[name, indented(errorText(error, paint))] as const],
  );
  return [...sections(plan, paint, new Map(errors)), `plan: ${sum(plan)}`];
}

/** The plan without unchanged things and without errors, which `up` prints at its end. */
export function changeLines({ docker, hosts }: Shown, paint: Paint): string[] {
  const changed = hosts.map((host) => ({ ...host, items: host.items.filter(isChange) }));
  const lines = sections({ docker: docker.filter(isChange), hosts: changed }, paint, new Map());
  return [...lines, `plan: ${sum({ docker, hosts })}`];
}

function sections({ docker, hosts }: Shown, paint: Paint, errors: ReadonlyMap<string, readonly string[]>): string[] {
  const parts = [
    { title: 'docker', items: docker, error: [] },
    ...hosts.map(({ name, place, items }) => {
      const where = { container: '', local: ' (this machine)', ssh: ' (ssh)' }[place.kind];
      return { title: `${name}${where}`, items, error: errors.get(name) ?? [] };
    }),
  ];
  return parts.flatMap(({ title, items, error }) => {
    const lines = [...items.flatMap((item) => itemLines(item, paint)), ...error];
    return lines.length === 0 ? [] : [title, ...lines];
  });
}

/** How many things the plan changes; what is not known yet counts. */
export function changeCount({ docker, hosts }: Shown): number {
  return [...docker, ...hosts.flatMap(({ items }) => items)].filter(isChange).length;
}

function isChange({ action }: Item): boolean {
  return action !== 'unchanged';
}

function itemLines({ action, kind, name, detail, diff }: Item, paint: Paint): string[] {
  const words = `${SIGNS[action]} ${kind} ${name}${detail === undefined ? '' : ` (${detail})`}`;
  const lines = diff === undefined ? [] : diff.split('\n').map((line) => diffLine(printable(line), paint));
  return [`  ${paint(STYLES[action], oneLine(words))}`, ...lines];
}

function diffLine(line: string, paint: Paint): string {
  const text = `      ${line}`;
  return line.startsWith('+') ? paint('green', text) : line.startsWith('-') ? paint('red', text) : paint('dim', text);
}

/** A line break in a name would let it write a line of its own. */
function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function sum(plan: Shown): string {
  const items = [...plan.docker, ...plan.hosts.flatMap((host) => host.items)];
  const part = (action: Item['action'], words: string) => {
    const count = items.filter((item) => item.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  };
  const failed = plan.hosts.filter(({ error }) => error !== undefined).length;
  const changes = [
    ...part('create', 'to create'),
    ...part('change', 'to change'),
    ...part('remove', 'to remove'),
    ...part('unknown', 'not known yet'),
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'host' : 'hosts'} could not be checked`] : []),
  ];
  const unchanged = part('unchanged', 'unchanged')[0] ?? '0 unchanged';
  return [...(changes.length === 0 ? ['nothing to change'] : changes), unchanged].join(', ');
}

type HostJson = Pick<PlannedHost, 'items'> & {
  readonly host: string;
  readonly place: Place['kind'];
  readonly error?: string;
};
type PlanJson = Pick<LabPlan, 'docker'> & { readonly changes: number; readonly hosts: readonly HostJson[] };

/** The plan for `--json`. */
export function planJson(plan: Shown): PlanJson {
  const hosts = plan.hosts.map(({ name, place, items, error }) => ({
    host: name,
    place: place.kind,
    items,
    ...(error === undefined ? {} : { error: errorMessage(error) }),
  }));
  return { changes: changeCount(plan), docker: plan.docker, hosts };
}
