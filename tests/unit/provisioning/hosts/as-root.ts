import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { Secret } from '../../../../base/secret.ts';
import { rootStarter, type Start } from '../../../../provisioning/hosts/as-root.ts';
import type { Result } from '../../../../provisioning/hosts/host.ts';

test('what is written reaches the command that begins, not the one that sudo refuses', async (t) => {
  const written: string[] = [];
  const ended = deferred<Result>();
  let starts = 0;
  const start: Start = () => {
    starts += 1;
    const number = starts;
    const refused = { code: 1, stdout: '', stderr: 'sudo: a password is required' };
    return {
      result: number === 1 ? Promise.resolve(refused) : ended.promise,
      group: number === 1 ? Promise.reject(new Error('not begun')) : Promise.resolve(42),
      kill: async () => undefined,
      input: {
        write: (text) => written.push(`${number}: ${text}`),
        end: () => {
          written.push(`${number} ended`);
          ended.resolve({ code: 0, stdout: '', stderr: '' });
        },
      },
    };
  };
  const run = async () => ({ code: 0, stdout: '', stderr: '' });
  const login = { name: 'pi', user: 'nora', passwordKey: 'nora@as-root', password: new Secret('of nora'), run };
  const running = rootStarter(login, start)({ step: 'x', script: 'x', timeoutMs: 10_000, keepsInput: true });
  running.input?.write('a');
  running.input?.write('b');
  running.input?.end();
  t.is((await running.result).code, 0);
  t.deepEqual(written, ['2: a', '2: b', '2 ended']);
});
