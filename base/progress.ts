/** What is going on, as it goes on. `step` begins something that takes time, `detail` is a line of its output, the others are results. */
export type Progress = {
  /** `broker`, a Pi's name, `docker`, `this machine`. */
  readonly host: string;
  readonly kind: 'step' | 'detail' | 'changed' | 'ok' | 'failed' | 'note';
  readonly text: string;
};

export type Tell = (progress: Progress) => void;

/** Tells what goes on for one host. */
export type Narrator = { readonly step: (text: string) => void; readonly detail: (text: string) => void };

export function narrator(tell: Tell, host: string): Narrator {
  return {
    step: (text) => tell({ host, kind: 'step', text }),
    detail: (text) => tell({ host, kind: 'detail', text }),
  };
}
