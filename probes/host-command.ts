import { randomBytes } from 'node:crypto';
import { errorMessage } from '../base/errors.ts';
import type { Result } from '../provisioning/hosts/host.ts';

/**
 * Shell that runs a Python program with an input in JSON on descriptor 3. Both come through pipes: no file and no
 * argument holds a password, and nothing is written on the host.
 */
export function pythonScript(program: string, input: object): string {
  const end = `END-${randomBytes(8).toString('hex')}`;
  return `python3 -u /dev/fd/4 3<<'${end}' 4<<'${end}'\n${JSON.stringify(input)}\n${end}\n${program}\n${end}\n`;
}

/** Reports once why a command ended: its exit code and last error line, or what failed, with the error. */
export function whenOver(
  result: Promise<Result>,
  lastComplaint: () => string | undefined,
  report: (reason: string, cause?: unknown) => void,
): void {
  result.then(
    ({ code }) => {
      const complaint = lastComplaint();
      report(`it ended with exit code ${code}${complaint === undefined ? '' : ` (${complaint})`}`);
    },
    (error: unknown) => report(errorMessage(error).split('\n')[0] ?? '', error),
  );
}
