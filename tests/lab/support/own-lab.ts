import test from 'ava';
import { type LabOptions, openLab, type TestHosts, type TestLab } from './lab.ts';

/** The base images may have to be made first. */
const OPEN_MS = 300_000;
const TEST_MS = 180_000;

/** Gives a test file one lab of its own, opened before its first test and taken down after its last, whatever came of them. */
export function ownLab(word: string, options: LabOptions = {}, hosts: TestHosts = {}): () => TestLab {
  let lab: TestLab | undefined;
  test.before(`the lab ${word}`, async (t) => {
    t.timeout(OPEN_MS);
    lab = await openLab(word, options, hosts);
  });
  test.beforeEach((t) => t.timeout(TEST_MS));
  test.after.always(`down with the lab ${word}`, async (t) => {
    t.timeout(TEST_MS);
    await lab?.[Symbol.asyncDispose]();
  });
  return () => {
    if (lab === undefined) throw new Error(`the lab ${word} is not there yet`);
    return lab;
  };
}
