import { randomBytes } from 'node:crypto';

const MARK_DIGITS = 7;
const COUNT_DIGITS = 5;

/** The last digits of each nonce of this process. */
export const PROCESS_MARK = randomBytes(4).toString('hex').slice(0, MARK_DIGITS);

let count = 0;

/** Text that appears nowhere else, for a payload or a name: 12 hexadecimal digits, a number and then the mark of this process. */
export function nonce(): string {
  count = (count + 1) % 16 ** COUNT_DIGITS;
  return `${count.toString(16).padStart(COUNT_DIGITS, '0')}${PROCESS_MARK}`;
}

/** Whether a payload has a nonce of the process with this mark, so that a check of it published it. */
export function isMarked(payload: Buffer, mark = PROCESS_MARK): boolean {
  return new RegExp(`[0-9a-f]{${COUNT_DIGITS}}${mark}`).test(payload.toString('latin1'));
}
