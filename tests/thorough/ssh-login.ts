// The tests in ssh-login/, in one process with one lab: it is the machines that take long.
import { commandLine } from './ssh-login/command-line.ts';
import { hostKeys } from './ssh-login/host-keys.ts';
import { keysAndPasswords } from './ssh-login/keys-and-passwords.ts';
import { routes } from './ssh-login/routes.ts';
import { ownStage } from './ssh-login/stage.ts';
import { sudo } from './ssh-login/sudo.ts';

const there = ownStage();
for (const tests of [routes, hostKeys, keysAndPasswords, sudo, commandLine]) tests(there);
