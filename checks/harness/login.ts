import type { User } from '../../lab-file/lab.ts';

/** A user's login as the clients take it; with the password, so it goes into no record. */
export function loginOf({ name, password }: User): { readonly user: string; readonly password: string } {
  return { user: name, password: password.reveal() };
}
