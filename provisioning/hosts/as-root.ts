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
    const kill = deferred<Running['kill']>();
    const runWith = async (sudo: Sudo): Promise<{ readonly result: Result; readonly hasBegun: boolean }> => {
      let hasBegun = false;
      const running = start(command, sudo);
      void ignoreFailure(
        running.group.then((found) => {
          hasBegun = true;
          group.resolve(found);
          kill.resolve(running.kill);
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
      kill.reject(notBegun);
    });
    void ignoreFailure(result);
    return { result, group: group.promise, kill: async (signal) => (await kill.promise)(signal) };
  };
}
