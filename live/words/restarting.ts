import type { OpenSubject } from './subject.ts';

/** The broker stops and starts. */
export const restarting: OpenSubject = () => {
  let stopped: number | undefined;
  return {
    take(event) {
      if (event.is !== 'broker') return [];
      if (event.what === 'restarting') {
        stopped = event.seq;
        return [{ text: 'The broker restarts. When it stops, it ends every connection.', seqs: [event.seq] }];
      }
      const seqs = [...(stopped === undefined ? [] : [stopped]), event.seq];
      stopped = undefined;
      if (event.what === 'failed') return [{ text: 'The broker did not restart.', seqs }];
      return [{ text: 'The broker runs again. Sessions that clients asked to keep should still be there.', seqs }];
    },
  };
};
