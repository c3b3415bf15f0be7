import test from 'ava';
import { calledAs, labOption } from '../../../base/called-as.ts';

const PATH = '/usr/local/bin:/usr/bin:/home/sam/project/node_modules/.bin';

for (const [script, name] of [
  ['/home/sam/mqtt-lab/lab', './lab'],
  ['/home/sam/project/node_modules/.bin/mqtt-lab', 'npx mqtt-lab'],
  // the program that pnpm's wrapper in node_modules/.bin runs
  ['/home/sam/project/node_modules/mqtt-lab/dist/mqtt-lab.js', 'npx mqtt-lab'],
  ['/usr/local/bin/mqtt-lab', 'mqtt-lab'],
  [undefined, './lab'],
] as const) {
  test(`${script} is called as ${name}`, (t) => {
    t.is(calledAs(script, PATH), name);
  });
}

test('in the GitHub action the clone is not in reach, so it is npx mqtt-lab', (t) => {
  t.is(calledAs('/runner/actions/mqtt-lab/v1/lab', PATH, '/runner/actions/mqtt-lab/v1/'), 'npx mqtt-lab');
  t.is(calledAs('/home/sam/mqtt-lab/lab', PATH, '/runner/actions/other/v1'), './lab');
});

for (const [args, option] of [
  [['up'], ''],
  [['--lab', 'other.yaml', 'up'], ' --lab other.yaml'],
  [['up', '--lab=my lab.yaml'], " --lab 'my lab.yaml'"],
  [['up', '--lab'], ''],
  [['--lab', 'lab.yaml', 'up'], ''],
] as const) {
  test(`advice after ${args.join(' ')} names the lab file of that command`, (t) => {
    t.is(labOption(args), option);
  });
}
