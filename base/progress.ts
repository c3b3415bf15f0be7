import { masked } from './secret.ts';

/** An event of a run. `step` begins something that takes time, `detail` is a line of its output, the others are results. */
export type Progress = {
  /** `broker`, a Pi's name, `docker`, `this machine`. */
  readonly host: string;
  readonly kind: 'step' | 'detail' | 'changed' | 'ok' | 'failed' | 'note';
  readonly text: string;
};

export type ReportProgress = (progress: Progress) => void;

/** Reports the events of one host. */
export type HostReporter = Readonly<Record<'step' | 'detail' | 'changed', (text: string) => void>>;

export function hostReporter(report: ReportProgress, host: string): HostReporter {
  return {
    step: (text) => report({ host, kind: 'step', text }),
    detail: (text) => report({ host, kind: 'detail', text: masked(text) }),
    changed: (text) => report({ host, kind: 'changed', text }),
  };
}
