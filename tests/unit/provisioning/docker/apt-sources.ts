import test from 'ava';
import { sourceLines } from '../../../../provisioning/docker/apt-sources.ts';

/** [lines of apt-get indextargets; suite; lines of sources.list] */
const rows: readonly (readonly [targets: string, suite: string, lines: readonly string[]])[] = [
  ['', 'bookworm', []],
  ['http://mirror.lan/debian/ bookworm main', 'bookworm', ['deb http://mirror.lan/debian/ bookworm main']],
  [
    'http://a/ bookworm main\nhttp://a/ bookworm-updates main\nhttp://s/ bookworm-security main\n',
    'trixie',
    ['deb http://a/ trixie main', 'deb http://a/ trixie-updates main', 'deb http://s/ trixie-security main'],
  ],
  ['http://a/ bookworm main\nhttp://a/ bookworm main\n', 'bookworm', ['deb http://a/ bookworm main']],
  ['http://a/ bookworm contrib\nhttp://a/ bookworm-backports main', 'bookworm', []],
];

for (const [targets, suite, lines] of rows) {
  test(`derives sources of ${suite} from ${JSON.stringify(targets)}`, (t) => {
    t.deepEqual(sourceLines(targets, suite), [...lines]);
  });
}
