import test from 'ava';
import { codeOfSignal, exitText, signalAdvice } from '../../../../provisioning/hosts/exit-code.ts';

test('names the signal of a code by which a shell reports one', (t) => {
  t.is(codeOfSignal('SIGKILL'), 137);
  t.is(codeOfSignal('SIGNOSUCH'), 128);
  t.is(exitText(137), 'ended by SIGKILL (exit code 137)');
  t.deepEqual([1, 100, 128].map(exitText), ['exit code 1', 'exit code 100', 'exit code 128']);
});

test('advises against what sends such a signal', (t) => {
  t.regex(signalAdvice(137) ?? '', /check on the host whether memory/);
  t.regex(signalAdvice(143) ?? '', /shutdown/);
  t.is(signalAdvice(1), undefined);
});
