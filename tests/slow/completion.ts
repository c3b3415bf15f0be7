import test from 'ava';
import { fishScript } from '../../scripts/completion/fish.ts';
import { wordsOf } from '../../scripts/completion/words.ts';
import { zshScript } from '../../scripts/completion/zsh.ts';
import { wholeProgram } from '../../scripts/lab.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { machineMaker } from '../lab/support/ssh-machines.ts';

const theLab = ownLab('completion');
const machine = () => theLab().container('broker');
const INSTALL = 'apt-get update && apt-get install --yes --no-install-recommends zsh fish';

test.serial('zsh and fish read their scripts without a complaint', async (t) => {
  t.timeout(600_000);
  await (await machineMaker(theLab()))('broker');
  await machine().shell(INSTALL, 500_000);
  const words = wordsOf(await wholeProgram());
  await machine().shell(`cat >/root/lab.zsh <<'END_OF_SCRIPT'\n${zshScript(words)}END_OF_SCRIPT`);
  await machine().shell(`cat >/root/lab.fish <<'END_OF_SCRIPT'\n${fishScript(words)}END_OF_SCRIPT`);
  t.is(await machine().shell('zsh -n /root/lab.zsh 2>&1; fish -n /root/lab.fish 2>&1'), '');
});

/** [the line, whose last word is completed; what fish offers] */
const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['mqtt-lab ver', ['verify']],
  ['./lab verify --s', ['--seed', '--summary']],
  ['mqtt-lab publish --mqtt ', ['3.1.1', '5']],
  ['mqtt-lab completion ', ['bash', 'fish', 'zsh']],
  ['mqtt-lab verify --junit /etc/hostn', ['/etc/hostname']],
];

for (const [line, offered] of LINES) {
  test.serial(`fish completes: ${line}`, async (t) => {
    const printed = await machine().shell(`fish -c 'source /root/lab.fish; complete -C "${line}"'`);
    const words = printed
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t')[0] ?? '');
    t.deepEqual(words.sort(), [...offered]);
  });
}

/** Types a line with tabs into an interactive zsh (zshmodules(1), zsh/zpty), and prints what the line has become. */
const TYPED = `
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell 'PS1=READY; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source /root/lab.zsh'
zpty -w shell 'line-is() { print -r -- "BEGIN $BUFFER END"; zle send-break }; zle -N line-is; bindkey "^X" line-is; echo SET$((1+1))'
zpty -r -m shell seen '*SET2*'
zpty -n -w shell $'mqtt-lab verif\\t--summ\\t'
zpty -n -w shell $'\\C-X'
zpty -r -m shell seen '*BEGIN*END*'
print -r -- \${(V)seen}
zpty -d shell
`;

test.serial('zsh completes a command and an option', async (t) => {
  await machine().shell(`cat >/root/typed.zsh <<'END_OF_SCRIPT'\n${TYPED}END_OF_SCRIPT`);
  t.regex(await machine().shell('timeout 50 zsh -f /root/typed.zsh'), /BEGIN mqtt-lab verify --summary *END/);
});
