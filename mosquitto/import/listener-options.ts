import type { FoundListener } from './conf.ts';
import type { Option } from './conf-lines.ts';
import { type Note, noteAt } from './note.ts';
import { typedValue, whyNot } from './settings.ts';

/** Options that say what kind of listener it is: lab.yaml has keys for them. */
const KIND = [
  ...['port', 'bind_address', 'bind_interface', 'protocol', 'cafile', 'capath', 'certfile', 'keyfile', 'psk_hint'],
  ...['crlfile', 'require_certificate', 'use_identity_as_username', 'use_subject_as_username', 'ciphers'],
  ...['ciphers_tls1.3', 'dhparamfile', 'tls_version'],
];

/** Options of single listeners; in lab.yaml an option holds for every listener. */
export function listenerOptions(listeners: readonly FoundListener[]): {
  readonly options: ReadonlyMap<string, string | number | boolean>;
  readonly notes: readonly Note[];
} {
  const notes: Note[] = [];
  const options = new Map<string, string | number | boolean>();
  const isShared = ({ name, value }: Option) => listeners.every((each) => each.options.get(name)?.value === value);
  for (const option of listeners.flatMap((listener) => [...listener.options.values()])) {
    const { name, value } = option;
    if (KIND.includes(name) || (name === 'socket_domain' && value !== 'unix') || value === 'false') continue;
    const why = whyNot(option) ?? (isShared(option) ? undefined : 'an option of lab.yaml holds for every listener');
    if (why === undefined) options.set(name, typedValue(value));
    else notes.push(noteAt(option, `${name}: ${why}`));
  }
  return { options, notes };
}
