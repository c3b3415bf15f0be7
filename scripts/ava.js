// AVA's command, compiled.
import { fileURLToPath } from 'node:url';
import { compiledAva } from './compile.js';

await import(await compiledAva(fileURLToPath(new URL('..', import.meta.url))));
