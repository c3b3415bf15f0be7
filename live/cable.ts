import { ignoreFailure } from '../base/errors.ts';
import type { HeldCut } from '../probes/network/held-cut.ts';
import type { NewEvent, Side } from './protocol.ts';
import { refusal } from './settings.ts';

/** The cable of one side: its connection is silent while it is pulled. */
export type Cable = {
  /** Throws a LabError where it is pulled already, and where the host cannot cut. */
  pull(cut: () => Promise<HeldCut>): Promise<void>;
  /** Resolves when the connection passes again; waits for a pull that is under way. */
  plug(): Promise<void>;
};

export type CableOptions = { readonly side: Side; add(event: NewEvent, at?: number): void };

export function openCable({ side, add }: CableOptions): Cable {
  let pulled: Promise<HeldCut> | undefined;
  let passes = Promise.resolve();
  return {
    async pull(cut) {
      if (pulled !== undefined) throw refusal('pull the cable', 'it is pulled already');
      const pulling = cut();
      pulled = pulling;
      const free = () => {
        if (pulled === pulling) pulled = undefined;
      };
      try {
        const { at, over } = await pulling;
        add({ is: 'tcp', side, what: 'silent' }, at);
        // the host undoes it by itself after a bound, and when it loses this machine
        passes = ignoreFailure(over).then(() => {
          free();
          add({ is: 'tcp', side, what: 'through' });
        });
      } catch (error) {
        free();
        throw error;
      }
    },
    async plug() {
      const held = pulled === undefined ? undefined : await ignoreFailure(pulled);
      await held?.lift();
      await passes;
    },
  };
}
