/** What is going on, as it goes on. `step` begins something that takes time, `detail` is a line of its output, the others are results. */
export type Progress = {
  /** `broker`, a Pi's name, `docker`, `this machine`. */
  readonly host: string;
  readonly kind: 'step' | 'detail' | 'changed' | 'ok' | 'failed' | 'note';
  readonly text: string;
};

export type Tell = (progress: Progress) => void;
