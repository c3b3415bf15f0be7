import test, { type ImplementationFn } from 'ava';

type Declare = (title: string, run: ImplementationFn<[]>) => void;

/**
 * AVA's `test` for a file that shares its process with other files: the file's name precedes each title. Tests run one after
 * another, so that none sees the environment or the clock that another has changed. Hooks would be those of all files, so there are none.
 */
export function namedTest(file: string) {
  const serial: Declare = (title, run) => test.serial(`${file} › ${title}`, run);
  const only: Declare = (title, run) => test.serial.only(`${file} › ${title}`, run);
  return Object.assign(serial, { serial: Object.assign(serial, { only }), only });
}
