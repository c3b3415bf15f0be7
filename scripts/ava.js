// AVA's command, compiled, whose test processes are compiled too.
import { fileURLToPath } from 'node:url';
import { compiledAva } from './compile.js';

const { cli, fork, worker } = await compiledAva(fileURLToPath(new URL('..', import.meta.url)));
const { _testOnlyReplaceWorkerPath: startBy } = await import(fork);
startBy(new URL(worker));
await import(cli);
