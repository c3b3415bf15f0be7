import { deferred } from '../../base/deferred.ts';
import { ignoreFailure, LabError } from '../../base/errors.ts';
import { type Command, lacksSetsid, type Result, type Running } from './host.ts';
import { type RootLogin, type Sudo, sudoWithPassword, WITHOUT_PASSWORD } from './root-access.ts';

/** Starts a command behind sudo's words. */
export type Start = (command: Command, sudo: Sudo) => Running;

/**
 * Starts commands as root by sudo. When sudo asks for a password, nothing of the first command has run: it starts again
 * with the password, like all later ones. The time that a person takes to answer does not count.
 */
export function rootStarter(login: RootLogin, start: Start): (command: Command) => Running {
  let password: Promise<Sudo> | undefined;
  return (command) => {
    const group = deferred<number>();
    const begun = deferred<Running>();
    const runWith = async (sudo: Sudo): Promise<{ readonly result: Result; readonly hasBegun: boolean }> => {
      let hasBegun = false;
      const running = start(command, sudo);
      void ignoreFailure(
        running.group.then((found) => {
          hasBegun = true;
          group.resolve(found);
          begun.resolve(running);
        }),
      );
      return { result: await running.result, hasBegun };
    };
    const work = async (): Promise<Result> => {
      if (password === undefined) {
        const { result, hasBegun } = await runWith(WITHOUT_PASSWORD);
        // without setsid, a password does not help
        if (hasBegun || result.code === 0 || lacksSetsid(result)) return result;
        password ??= sudoWithPassword(login, result, command.signal);
      }
      return (await runWith(await password)).result;
    };
    const happened = 'the command did not start';
    const notBegun = new LabError({ subject: login.name, step: command.step, happened }, 'failed');
    const result = work().finally(() => {
      group.reject(notBegun);
      begun.reject(notBegun);
    });
    void ignoreFailure(result);
    const kill: Running['kill'] = async (signal) => await (await begun.promise).kill(signal);
    const asRoot = { result, group: group.promise, kill };
    if (command.keepsInput !== true) return asRoot;
    const toBegun = (act: (running: Running) => void) => void ignoreFailure(begun.promise.then(act));
    const write = (text: string) => toBegun(({ input }) => input?.write(text));
    return { ...asRoot, input: { write, end: () => toBegun(({ input }) => input?.end()) } };
  };
}
