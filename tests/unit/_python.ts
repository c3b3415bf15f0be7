import type { ImplementationFn } from 'ava';
import { sh } from './_sh.ts';

type Declare = (title: string, work: ImplementationFn<[]>) => void;

/** Declares a test of a Python program. A new machine has no Python: there the program runs in the labs alone. */
export function withPython(declare: Declare): Declare {
  if (sh('command -v python3').code === 0) return declare;
  return (title) =>
    declare(title, (t) => {
      t.log('nothing was tried: this machine has no python3');
      t.pass();
    });
}
