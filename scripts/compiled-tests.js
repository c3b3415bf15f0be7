// For `node --import`: a test file under tests/ is run as its compiled one in the folder that COMPILED_TESTS names (see compile.js).
import { register } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const folder = process.env.COMPILED_TESTS;
if (folder === undefined) throw new Error('COMPILED_TESTS names no folder');
const data = { sources: new URL('../tests/', import.meta.url).href, compiled: `${pathToFileURL(folder).href}/tests/` };
register('./compiled-tests-hook.js', import.meta.url, { data });
