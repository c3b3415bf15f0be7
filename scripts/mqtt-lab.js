#!/usr/bin/env node
// The program of the npm package, which has it as a bundle; a clone has ./lab.
import module from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { checkNode, run } from './start.js';

checkNode();
// others may write to a temporary folder, and the package's own may be read-only
const { HOME } = process.env;
if (HOME) module.enableCompileCache?.(path.join(HOME, '.cache', 'mqtt-lab', 'code'));
const { main } = await import('./lab.ts');
await run(main, process.argv.slice(2));
