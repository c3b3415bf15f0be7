import test from 'ava';
import { blocks } from './_documents.ts';
import { sourcesOf } from './_sources.ts';

const SHORTEST = 10;
const sources = sourcesOf(['checks', 'records', 'report', 'terminal']);

test('the transcript of README.md has the words that up prints', (t) => {
  const [transcript = ''] = blocks('README.md', 'text');
  const phrases = transcript
    .split(/[^A-Za-z -]+| {2,}/)
    .map((phrase) => phrase.trim().replace(/s$/, ''))
    .filter((phrase) => phrase.length >= SHORTEST);
  t.true(phrases.length > 5);
  for (const phrase of phrases) t.true(sources.includes(phrase), phrase);
});
