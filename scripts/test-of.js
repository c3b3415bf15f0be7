// AVA's `test` for a file that shares its process with other files.
import test from 'ava';

const MODIFIERS = ['only', 'skip', 'failing', 'todo'];
const HOOKS = ['before', 'beforeEach', 'after', 'afterEach'];

/**
 * AVA's `test` with the file's name before each title, as AVA has it of a file in a process of its own. One test follows the other, so that
 * none keeps another's clock waiting or sees its environment; hooks would be those of all files, so there are none.
 */
export function testOf(file) {
  return named(test.serial, file);
}

function named(declare, file) {
  const self = new Proxy(declare, {
    apply: (target, receiver, [title, ...rest]) => Reflect.apply(target, receiver, [`${file} › ${title}`, ...rest]),
    get(target, key) {
      if (HOOKS.includes(key)) throw new Error(`${file}: test.${key} would be for all files of its folder`);
      if (key === 'serial') return self;
      return MODIFIERS.includes(key) ? named(target[key], file) : (target[key] ?? test[key]);
    },
  });
  return self;
}
