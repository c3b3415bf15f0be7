/** What is going on, as it goes on. `step` begins something that takes time, `detail` is a line of its output, the others are results. */
export type Progress = {
  /** `broker`, a Pi's name, `docker`, `this machine`. */
  readonly host: string;
  readonly kind: 'step' | 'detail' | 'changed' | 'ok' | 'failed' | 'note';
  readonly text: string;
};

export type ReportProgress = (progress: Progress) => void;

/** Tells what goes on for one host. */
export type HostReporter = { readonly step: (text: string) => void; readonly detail: (text: string) => void };

export function hostReporter(report: ReportProgress, host: string): HostReporter {
  return {
    step: (text) => report({ host, kind: 'step', text }),
    detail: (text) => report({ host, kind: 'detail', text }),
  };
}
