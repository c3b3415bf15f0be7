import { deferred } from '../../base/deferred.ts';
import { LabError } from '../../base/errors.ts';
import { type Command, lacksSetsid, type Result, type Running } from './host.ts';
import { type RootLogin, type Sudo, sudoWithPassword, WITHOUT_PASSWORD } from './root-access.ts';

/** Starts a command with this before it; `onBegin` is called before anything of its output is handed on. */
export type Start = (command: Command, sudo: Sudo, onBegin: () => void) => Running;

/**
 * Starts commands as root by sudo. Whether that asks for a password shows in the first command, of which nothing has run then: it is started again
 * with the password, and so is all that follows. Time that a person takes to answer is not the command's.
 */
export function rootStarter(login: RootLogin, start: Start): (command: Command) => Running {
  let password: Promise<Sudo> | undefined;
  return (command) => {
    const group = deferred<number>();
    const kill = deferred<Running['kill']>();
    const attempt = async (sudo: Sudo): Promise<{ readonly result: Result; readonly hasBegun: boolean }> => {
      let hasBegun = false;
      // what sudo itself says is no output of the command
      const onLine: Command['onLine'] = (line, stream) => hasBegun && command.onLine?.(line, stream);
      const running = start({ ...command, onLine }, sudo, () => {
        hasBegun = true;
      });
      running.group.then(
        (found) => {
          group.resolve(found);
          kill.resolve(running.kill);
        },
        () => undefined,
      );
      return { result: await running.result, hasBegun };
    };
    const work = async (): Promise<Result> => {
      if (password === undefined) {
        const { result, hasBegun } = await attempt(WITHOUT_PASSWORD);
        // without setsid there is no more to be had with a password
        if (hasBegun || result.code === 0 || lacksSetsid(result)) return result;
        password ??= sudoWithPassword(login, result, command.signal);
      }
      return (await attempt(await password)).result;
    };
    const notBegun = new LabError(
      { subject: login.name, step: command.step, happened: 'ended before it began' },
      'failed',
    );
    const result = work().finally(() => {
      group.reject(notBegun);
      kill.reject(notBegun);
    });
    result.catch(() => undefined);
    return { result, group: group.promise, kill: async (signal) => (await kill.promise)(signal) };
  };
}
