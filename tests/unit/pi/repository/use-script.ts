import { userInfo } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { keyFile, preferencesFile, SOURCE, sourceFile } from '../../../../pi/repository/files.ts';
import { useScript } from '../../../../pi/repository/use-script.ts';
import { given } from '../../_repository.ts';
import { folderFor, programsFor, sh } from '../../_sh.ts';

type Use = {
  readonly lab?: string;
  readonly formerLab?: string;
  readonly isAccepted?: boolean;
  /** What happens to the source's place before; the path follows. */
  readonly before?: string;
};

/** Uses a repository that apt, replaced here, accepts or refuses; returns the source's lab, the package lists and the labs' folders. */
function use(t: ExecutionContext, { lab, formerLab, isAccepted = true, before = "echo '# Lab: two' >" }: Use) {
  const root = folderFor(t);
  const path = programsFor(t, {
    'apt-get': `for word; do case $word in Dir::State::lists=*) : >"\${word#*=}/x_y" ;; esac; done\nexit ${isAccepted ? 0 : 100}`,
    'apt-cache': "echo '  Candidate: 1'",
  });
  const run = (script: string) => sh(script.replaceAll(/\/(?=(etc\/apt|var\/lib)\b)/g, `${root}/`), { path });
  run(`cd ${root} && mkdir -p etc/apt/sources.list.d etc/apt/preferences.d var/lib/apt/lists
${before}${SOURCE}`);
  const me = { owner: userInfo().username, group: sh('id -gn').stdout.trim() };
  const key = { ...keyFile('a key\n'), ...me };
  const preferences = { ...preferencesFile(given), ...me };
  const source = { ...sourceFile(given, 's', key.path, lab), ...me };
  const { code, stderr } = run(useScript({ key, preferences, source, unused: [], lab, formerLab }));
  const state = run(`cd ${root} && sed -n 's/^# Lab: //p' etc/apt/sources.list.d/*; ls var/lib/apt/lists
if cd var/lib/mqtt-lab; then stat -c '%n %a' *; fi 2>/dev/null`);
  return { code, stderr, state: state.stdout.trim().split('\n') };
}

test('puts the source, the package lists and the lab’s folder in place', (t) => {
  const used = use(t, { lab: 'three', formerLab: 'two' });
  t.is(used.code, 0, used.stderr);
  t.deepEqual(used.state, ['three', 'x_y', 'three 700']);
});

test('changes nothing where apt refuses the repository', (t) => {
  const refused = use(t, { lab: 'three', formerLab: 'two', isAccepted: false });
  t.deepEqual([refused.code, refused.state], [100, ['two']]);
});

test('the lab’s folder exists before its source does', (t) => {
  // a folder in the source's place stops the script just before it moves the source there
  const blocked = use(t, { lab: 'three', before: 'mkdir ' });
  t.not(blocked.code, 0);
  t.deepEqual(blocked.state, ['three 700']);
});

test('makes no folder where the whole host is the lab’s', (t) => {
  const whole = use(t, {});
  t.is(whole.code, 0, whole.stderr);
  t.deepEqual(whole.state, ['x_y']);
});

test('leaves a source that another lab now owns', (t) => {
  for (const formerLab of [undefined, 'four']) {
    const { code, stderr, state } = use(t, { lab: 'three', ...(formerLab === undefined ? {} : { formerLab }) });
    t.is(code, 1);
    t.regex(stderr, /mqtt-lab\.sources now belongs to another lab\n$/);
    t.deepEqual(state, ['two']);
  }
});
