import * as z from 'zod';
import { didYouMean } from '../base/nearest.ts';
import { show } from './mistake.ts';
import { parseSshUrl, SSH_URL } from './ssh-url.ts';

/** Schema of a `host` key: one of `words`, or ssh://[user@]host[:port]. */
export function hostText(words: readonly string[]) {
  const allowed = `${words.join(', ')} or ssh://[user@]host[:port] is allowed`;
  const error = ({ input }: { readonly input?: unknown }) => `${whatIsWrong(input, words)}; ${allowed}`;
  const url = z
    .string({ error })
    .regex(SSH_URL, { error })
    .refine((text) => !('wrong' in parseSshUrl(text)), { error });
  return z.union([z.enum(words, { error }), url], { error });
}

function whatIsWrong(input: unknown, words: readonly string[]): string {
  if (typeof input !== 'string') return show(input);
  if (!/^ssh:/i.test(input)) return `${show(input)}${didYouMean(input, words)}`;
  const target = parseSshUrl(input);
  return 'wrong' in target ? target.wrong : show(input);
}
