import { testImport } from './support/import.ts';

testImport(13);
