import { Secret } from '../../base/secret.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { Answer } from '../../provisioning/hosts/answers.ts';
import type { System } from '../../records/environment.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { Scope } from '../harness/check.ts';

/** Environment variable with the path of the socket between `verify` and the test files. */
export const CHANNEL = 'MQTT_LAB_CHANNEL';

/** Which checks are wanted, and how far the run goes. */
export type RunOptions = {
  /** Ids or patterns between commas. @default all */
  readonly only?: string | undefined;
  readonly scope: Scope;
  /** Whether measurements take the time that the report's questions ask for. */
  readonly full: boolean;
};

/** What `verify` tells a test file: one JSON object a line, as in the other direction. */
export type ToFile =
  | { readonly kind: 'lab'; readonly live: LiveLab; readonly options: RunOptions; readonly answers: readonly Answer[] }
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

export type PlannedCheck = Pick<CheckRecord, 'id' | 'subject' | 'claim' | 'expected'>;

/** What `verify` needs to know of a check that gives no record. */
export function plannedCheck({ id, subject, claim, expected }: PlannedCheck): PlannedCheck {
  return { id, ...(subject === undefined ? {} : { subject }), claim, expected };
}

/** The message as one line of JSON, passwords in the clear: for the socket only. */
export function line(message: ToFile | FromFile): string {
  return `${JSON.stringify(revealed(message))}\n`;
}

/** Reads what `line` has written. */
export function readLine<Message extends ToFile | FromFile>(text: string): Message {
  return JSON.parse(text, (_, value: unknown) => (isRevealed(value) ? new Secret(value[IN_THE_CLEAR]) : value));
}

const IN_THE_CLEAR = 'in the clear';
type Revealed = { readonly [IN_THE_CLEAR]: string };

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { [IN_THE_CLEAR]: value.reveal() } satisfies Revealed;
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

function isRevealed(value: unknown): value is Revealed {
  return typeof value === 'object' && value !== null && IN_THE_CLEAR in value && Object.keys(value).length === 1;
}
