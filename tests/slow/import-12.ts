import { testImport } from './support/import.ts';

testImport(12);
