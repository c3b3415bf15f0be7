import * as z from 'zod';
import { didYouMean } from '../base/nearest.ts';
import { filePath } from './forms.ts';
import type { Repository } from './lab.ts';
import { allow, type Mistake, type Path, show, subject } from './mistake.ts';
import { placeOf } from './paths.ts';
import { keyOfFile } from './signing-key.ts';

const NAMES = ['debian', 'mosquitto.org'] as const;
const ALLOWED = 'debian, mosquitto.org or { url: URL, key: FILE }, also with suite and components, is allowed';
const HTTPS = /^https:\/\//i;

/** Goes into a deb822 source of apt's unchanged, so without spaces, line breaks and passwords. */
const repositoryUrl = z
  .string(allow('a URL is allowed'))
  .regex(/^https?:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(\/[A-Za-z0-9._~+-]+)*\/?$/, {
    ...allow('http:// or https:// with a host, optionally a port, and a path is allowed'),
  });
const suite = z
  .string(allow('the name of a suite is allowed'))
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9._+-]+)*$/, { ...allow('the name of a suite is allowed') });
const component = z
  .string(allow('the name of a component is allowed'))
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9._+-]+)*$/, { ...allow('the name of a component is allowed') });

const error = ({ input }: { readonly input?: unknown }) =>
  `${show(input)}${typeof input === 'string' ? didYouMean(input, NAMES) : ''}; ${ALLOWED}`;

const ownSchema = z.strictObject({
  url: repositoryUrl.describe('URL of the repository, the part before `dists`.'),
  key: filePath.describe(
    'Public key that the repository is signed with: a file, relative to this file or starting with ~/, or an https:// URL.',
  ),
  suite: suite.optional().describe("Suite in the repository. Default: the code name of the Pi's own release."),
  components: z
    .array(component, allow('a list of components is allowed'))
    .min(1, allow('a list of components is allowed'))
    .default(['main'])
    .describe('Components of the suite.'),
});

export const REPOSITORY_KEYS = Object.keys(ownSchema.shape);

/** Schema of a Pi's `repository`. */
export const repositorySchema = z.union([z.enum(NAMES, { error }), ownSchema], { error });

type Written = z.output<typeof repositorySchema>;

/** As mosquitto.org/download describes it; suites are the code names of Debian's releases. */
const MOSQUITTO_ORG = { url: 'https://repo.mosquitto.org/debian', key: 'mosquitto-repo.gpg' } as const;

/** The repository of a Pi. An unusable key file gives an empty key here and a mistake in `repositoryMistakes`. */
export function repositoryOf(written: Written, directory: string): Repository {
  if (written === 'debian') return { kind: 'debian' };
  if (written === 'mosquitto.org') {
    const { url, key } = MOSQUITTO_ORG;
    return { kind: 'apt', url, suite: undefined, components: ['main'], key: { url: `${url}/${key}` } };
  }
  const { url, suite, components, key } = written;
  const found = HTTPS.test(key) ? undefined : keyOfFile(placeOf(key, directory));
  const text = found === undefined || 'wrong' in found ? '' : found.text;
  const signedBy = found === undefined ? { url: key } : { text };
  return { kind: 'apt', url: url.replace(/\/$/, ''), suite, components, key: signedBy };
}

/**
 * The mistake in a repository's key.
 * @param keyFault what is wrong with a key file
 */
export function repositoryMistakes(
  path: Path,
  { key }: { readonly key?: string | undefined },
  keyFault: (written: string) => string | undefined,
): Mistake[] {
  if (key === undefined || key === '') return [];
  const wrong = /^[a-z]+:\/\//i.test(key) ? urlFault(key) : keyFault(key);
  return wrong === undefined ? [] : [{ path, at: 'value', text: `${subject(path)} ${wrong}` }];
}

function urlFault(key: string): string | undefined {
  const allowed = 'a file or an https:// URL is allowed';
  if (!HTTPS.test(key)) return `comes over a connection that others can change; ${allowed}`;
  return /^https:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?\/[A-Za-z0-9._~+/%=?&-]+$/i.test(key)
    ? undefined
    : `is not the URL of a file; ${allowed}`;
}
