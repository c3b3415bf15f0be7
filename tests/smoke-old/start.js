// The one file that AVA runs: the checks, compiled. Compiled by whoever starts AVA, since a process of tests pays for all that it loads.
import process from 'node:process';
import { pathToFileURL } from 'node:url';

await import(pathToFileURL(`${process.env.COMPILED_TESTS}/tests/smoke-old/all.mjs`).href);
