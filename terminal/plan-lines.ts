import { type Paint, printable } from '../base/paint.ts';
import type { LabPlan, PlannedHost } from '../deployment/plan-lab.ts';
import { type Item, isChange } from '../provisioning/resources/resource.ts';
import { errorText } from './outcome-lines.ts';

const SIGNS = { create: '+', change: '~', remove: '-', unchanged: '=', unknown: '?' } as const;
const STYLES = { create: 'green', change: 'yellow', remove: 'red', unchanged: 'dim', unknown: 'cyan' } as const;

type Shown = Pick<LabPlan, 'docker'> & {
  readonly hosts: readonly Pick<PlannedHost, 'name' | 'place' | 'items' | 'error'>[];
};

/** The plan for a person: each host's things with their sign, files as unified diffs, and the sum; nothing from a host can steer the terminal. */
export function planLines(plan: Shown, paint: Paint): string[] {
  const errors = plan.hosts.flatMap(({ name, error }) =>
    error === undefined
      ? []
      : [
          [
            name,
            errorText(error, paint)
              .split('\n')
              .map((line) => `  ${line}`),
          ] as const,
        ],
  );
  return [...sections(plan, paint, new Map(errors)), `plan: ${sum(plan)}`];
}

/** The same without what is unchanged, for `up`, which tells the errors when it is done. */
export function changeLines({ docker, hosts }: Shown, paint: Paint): string[] {
  const changed = hosts.map((host) => ({ ...host, items: host.items.filter(isChange) }));
  const told = sections({ docker: docker.filter(isChange), hosts: changed }, paint, new Map());
  return [...told, `plan: ${sum({ docker, hosts })}`];
}

function sections({ docker, hosts }: Shown, paint: Paint, errors: ReadonlyMap<string, readonly string[]>): string[] {
  const parts = [
    { title: 'docker', items: docker, error: [] },
    ...hosts.map(({ name, place, items }) => {
      const title = place === 'container' ? name : `${name} (${place === 'local' ? 'this machine' : 'ssh'})`;
      return { title, items, error: errors.get(name) ?? [] };
    }),
  ];
  return parts.flatMap(({ title, items, error }) => {
    const lines = [...items.flatMap((item) => itemLines(item, paint)), ...error];
    return lines.length === 0 ? [] : [title, ...lines];
  });
}

/** How many things the plan changes, those that can't be known yet among them. */
export function changeCount({ docker, hosts }: Shown): number {
  return [...docker, ...hosts.flatMap(({ items }) => items)].filter(isChange).length;
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

/** A name may hold a line break, which would let it write a line of its own. */
function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}

function sum(plan: Shown): string {
  const items = [...plan.docker, ...plan.hosts.flatMap((host) => host.items)];
  const count = (wanted: Item['action']) => items.filter(({ action }) => action === wanted).length;
  const kept = `${count('unchanged')} unchanged`;
  const failed = plan.hosts.filter(({ error }) => error !== undefined).length;
  const changes = [
    ...(count('create') > 0 ? [`${count('create')} to create`] : []),
    ...(count('change') > 0 ? [`${count('change')} to change`] : []),
    ...(count('remove') > 0 ? [`${count('remove')} to remove`] : []),
    ...(count('unknown') > 0 ? [`${count('unknown')} not known yet`] : []),
  ];
  if (failed > 0) changes.push(`${failed} ${failed === 1 ? 'host' : 'hosts'} could not be checked`);
  return changes.length === 0 ? `nothing to change, ${kept}` : `${changes.join(', ')}, ${kept}`;
}

/** The plan for `--json`. */
export function planJson(plan: Shown): { changes: number; docker: readonly Item[]; hosts: readonly unknown[] } {
  const hosts = plan.hosts.map(({ name, place, items, error }) => ({
    host: name,
    place,
    items,
    ...(error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) }),
  }));
  return { changes: changeCount(plan), docker: plan.docker, hosts };
}
