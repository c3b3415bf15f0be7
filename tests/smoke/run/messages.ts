import { Secret } from '../../../provisioning/lab-file/secret.ts';
import type { LiveLab } from '../../../provisioning/live-lab.ts';
import type { System } from '../../../report/environment.ts';
import type { CheckRecord } from '../../../report/record.ts';
import type { Scope } from '../support/check.ts';

/** Environment variable with the path of the socket between `verify` and the test files. */
export const CHANNEL = 'MQTT_LAB_CHANNEL';

/** Which checks are wanted, and how far the run goes. */
export type Wish = {
  /** Ids or patterns between commas. @default all */
  readonly only?: string | undefined;
  readonly scope: Scope;
  /** Whether measurements take the time that the report's questions ask for. */
  readonly full: boolean;
};

/** What `verify` tells a test file: one JSON object a line, as in the other direction. */
export type ToFile =
  | { readonly kind: 'lab'; readonly live: PackedLiveLab; readonly wish: Wish }
  | { readonly kind: 'stop' };

/** What a test file tells `verify`. */
export type FromFile =
  | { readonly kind: 'hello'; readonly file: string }
  | { readonly kind: 'plan'; readonly checks: readonly PlannedCheck[] }
  /** What is wrong with the wish; nothing runs. */
  | { readonly kind: 'refused'; readonly mistakes: readonly string[] }
  | { readonly kind: 'record'; readonly record: CheckRecord }
  /** What a host said of itself. */
  | { readonly kind: 'host'; readonly name: string; readonly system: System }
  | { readonly kind: 'done' };

export type PlannedCheck = Pick<CheckRecord, 'id' | 'claim' | 'expected'>;

type PackedUser = { readonly name: string; readonly password: string };
export type PackedLiveLab = Omit<LiveLab, 'lab'> & {
  readonly lab: Omit<LiveLab['lab'], 'users'> & { readonly users: readonly PackedUser[] };
};

/** The lab with its passwords in the clear, for the socket only. */
export function pack(live: LiveLab): PackedLiveLab {
  const users = live.lab.users.map(({ name, password }) => ({ name, password: password.reveal() }));
  return { ...live, lab: { ...live.lab, users } };
}

export function unpack(packed: PackedLiveLab): LiveLab {
  const users = packed.lab.users.map(({ name, password }) => ({ name, password: new Secret(password) }));
  return { ...packed, lab: { ...packed.lab, users } };
}

export function line(message: ToFile | FromFile): string {
  return `${JSON.stringify(message)}\n`;
}
