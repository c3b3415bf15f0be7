import type { FoundListener } from './conf.ts';
import { type Note, noteAt } from './note.ts';

/** `tls` of a listener in lab.yaml; what is left out is the default. */
export type WrittenTls = { readonly clients?: 'required'; readonly identity?: 'common-name' };

/** What lab.yaml says differently of a listener's certificates. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  [
    'certfile',
    "the lab's own CA signs the broker's certificate; to keep this one, copy it with its key and CA, and name them in broker.tls",
  ],
  ['require_certificate', "clients need certificates of the lab's CA"],
  ['crlfile', 'broker.tls.revoke has the serial numbers of revoked certificates'],
  ['use_subject_as_username', 'the common name can name the user, not the whole subject'],
  ['ciphers', 'lab.yaml has no ciphers'],
  ['ciphers_tls1.3', 'lab.yaml has no ciphers'],
  ['dhparamfile', 'lab.yaml has no parameters of Diffie-Hellman'],
  ['tls_version', 'a listener of lab.yaml has TLS 1.2 and 1.3'],
]);

/** The `tls` of a listener; undefined: plain. */
export function tlsOf({ options }: FoundListener): {
  readonly tls: WrittenTls | undefined;
  readonly notes: readonly Note[];
} {
  if (!options.has('certfile')) return { tls: undefined, notes: [] };
  const isSet = (name: string) => options.get(name)?.value === 'true';
  const isRequired = isSet('require_certificate');
  const notes = [...options.values()].flatMap((option): Note[] => {
    const text = DIFFERENT.get(option.name);
    const isSame = option.value === 'false' || (option.name === 'tls_version' && option.value === 'tlsv1.2');
    return text === undefined || isSame ? [] : [noteAt(option, `${option.name}: ${text}`)];
  });
  const tls: WrittenTls = {
    ...(isRequired ? { clients: 'required' } : {}),
    ...(isRequired && isSet('use_identity_as_username') ? { identity: 'common-name' } : {}),
  };
  return { tls, notes };
}
