import { seconds } from '../../../base/paint.ts';
import { isLeftOut } from '../../../records/left-out.ts';
import type { Results } from '../../../records/results.ts';
import { counted, listed, whole } from '../format.ts';
import { Text } from './text.tsx';

const OUTCOMES: Readonly<Record<Results['verdict'], string>> = {
  pass: '✓ The lab does what the lab file says.',
  fail: '✗ The lab differs from the lab file.',
  inconclusive: '? The lab was too slow to judge every check.',
};

/** Lab, time, scope and result of the run. */
export function Header({ results }: { readonly results: Results }) {
  const { environment, verdict } = results;
  return (
    <header>
      <h1>
        <Text>{environment?.lab ?? 'lab'}</Text>: the checkpoint’s questions, answered by measurements
      </h1>
      {environment === undefined ? null : (
        <p class="subtitle">
          <time datetime={new Date(environment.startedAt).toISOString()}>{day(environment.startedAt)}</time>,{' '}
          {scopeText(environment)} in {seconds(environment.durationMs)}; broker{' '}
          <Text>{environment.broker.version}</Text>
        </p>
      )}
      <p class={`outcome ${verdict}`}>
        <strong>{OUTCOMES[verdict]}</strong> {countsText(results)}
      </p>
    </header>
  );
}

function day(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ')} UTC`;
}

function scopeText({ scope, full, only }: NonNullable<Results['environment']>): string {
  const what = full === true ? `full${scope === 'default' ? '' : `, ${scope}`}` : scope;
  return only === undefined ? `a ${what} run` : `a ${what} run, only ${only}`;
}

function countsText({ counts: { pass, fail, deviation, skipped, inconclusive }, checks }: Results): string {
  const leftOut = checks.filter(isLeftOut).length;
  const words = [
    `${pass} passed`,
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : []),
    ...(deviation > 0 ? [counted(deviation, 'known deviation')] : []),
    ...(skipped > leftOut ? [`${whole(skipped - leftOut)} skipped`] : []),
  ];
  const others = leftOut === 0 ? '' : ` The run left out ${counted(leftOut, 'more check')}.`;
  return `Of ${counted(checks.length - leftOut, 'check')}: ${listed(words)}.${others}`;
}
