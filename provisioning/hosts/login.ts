import type { AnyAuthMethod, KeyboardInteractiveAuthMethod } from 'ssh2';
import type { Secret } from '../../base/secret.ts';
import type { LoginKeys } from './login-keys.ts';

/** One login (RFC 4252): the keys, then the password once, by the method that the host offers. */
export type Login = {
  /** ssh2's authHandler: the next method; false after the last one. */
  next(left: readonly string[] | null): AnyAuthMethod | false;
  /** The methods that the host last offered. */
  readonly left: () => readonly string[];
  readonly hasTriedPassword: () => boolean;
};

export function login(user: string, keys: LoginKeys['methods'], password: Secret | undefined): Login {
  const waiting: AnyAuthMethod[] = [...keys];
  let methods: readonly string[] | undefined;
  let hasAsked = false;
  let hasTriedPassword = false;
  return {
    next(left) {
      if (left !== null) methods = left;
      // a host that accepts no keys counts each as a failure (sshd_config(5), MaxAuthTries)
      const key = methods === undefined || methods.includes('publickey') ? waiting.shift() : undefined;
      if (key !== undefined) return key;
      if (methods === undefined && !hasAsked) {
        hasAsked = true;
        return { type: 'none', username: user };
      }
      const how =
        password === undefined || hasTriedPassword ? undefined : passwordMethod(user, password, methods ?? []);
      if (how === undefined) return false;
      hasTriedPassword = true;
      return how;
    },
    left: () => methods ?? [],
    hasTriedPassword: () => hasTriedPassword,
  };
}

/** Whether the host accepts a password, by either method. */
export function takesPassword(methods: readonly string[]): boolean {
  return methods.includes('password') || methods.includes('keyboard-interactive');
}

function passwordMethod(user: string, password: Secret, methods: readonly string[]): AnyAuthMethod | undefined {
  if (methods.includes('password')) return { type: 'password', username: user, password: password.reveal() };
  return methods.includes('keyboard-interactive') ? keyboardInteractive(user, password) : undefined;
}

/** The password answers the first hidden question; a second one, such as for a code, gets no answer (RFC 4256). */
function keyboardInteractive(username: string, password: Secret): KeyboardInteractiveAuthMethod {
  let isGiven = false;
  return {
    type: 'keyboard-interactive',
    username,
    prompt(_name, _instructions, _language, prompts, finish) {
      finish(
        prompts.map(({ echo }) => {
          if (echo === true || isGiven) return '';
          isGiven = true;
          return password.reveal();
        }),
      );
    },
  };
}
