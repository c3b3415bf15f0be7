import test from 'ava';
import { localeOf } from '../../../../pi/card/locale.ts';

const cases: readonly (readonly [variables: Record<string, string>, locale: string | undefined])[] = [
  [{ LANG: 'sv_SE.UTF-8' }, 'sv_SE.UTF-8'],
  [{ LANG: 'sv_SE.UTF-8', LC_ALL: 'en_GB.utf8' }, 'en_GB.UTF-8'],
  [{ LANG: 'sv_SE.UTF-8', LC_ALL: '' }, 'sv_SE.UTF-8'],
  [{ LANG: 'C.UTF-8' }, undefined],
  [{ LANG: 'sv_SE' }, undefined],
  [{}, undefined],
];

for (const [variables, locale] of cases) {
  test(`${JSON.stringify(variables)} is ${locale ?? "the image's own locale"}`, (t) => {
    t.is(localeOf(variables), locale);
  });
}
