import type { Lab } from '../../lab-file/lab.ts';
import { read } from './lab-file/_reading.ts';

/** The lab that a lab file's text describes; for tests whose subject is not the lab file. */
export function labOf(text: string): Lab {
  const { lab, mistakes } = read(text);
  if (lab === undefined) throw new Error(mistakes.join('\n'));
  return lab;
}

export const TWO_USERS = 'name: two\nusers: { sam: { password: sam }, alice: { password: alice } }\n';
