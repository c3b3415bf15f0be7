import { InputError, LabError } from '../base/errors.ts';
import { askLine, canAsk, notice } from '../base/prompt.ts';
import { BROKER_PLACES, brokerOf, PI_PLACES, pisOf } from '../lab-file/new-places.ts';
import type { NewLab } from '../lab-file/template.ts';

type Places = Pick<NewLab, 'broker' | 'pis'>;
type Given = { readonly broker: string | undefined; readonly pis: readonly string[] };

const BROKER_MENU = [
  'Where does the broker run?',
  '  1  on this machine',
  '  2  in a container',
  '  3  on a host over SSH',
  '  4  elsewhere: an existing broker that the lab verifies and never changes',
];
const BROKER = '1 to 4 [1]: ';
const PIS = 'How many emulated Raspberry Pis, or which real ones (ssh://pi@host, with commas)? [1]: ';

/** The places of broker and Pis: from the options, otherwise from the answers on the terminal. */
export async function askForPlaces({ broker, pis }: Given, signal: AbortSignal): Promise<Places> {
  const isAsked = canAsk();
  if (broker === undefined && !isAsked)
    throw new InputError([`init needs --broker without a terminal; ${BROKER_PLACES}`]);
  const place =
    broker === undefined
      ? await asked(async () => brokerOf(await brokerText(signal)), BROKER_PLACES)
      : given(brokerOf(broker), '--broker', BROKER_PLACES);
  if (broker !== undefined || pis.length > 0) return { broker: place, pis: given(pisOf(pis), '--pi', PI_PLACES) };
  const machines = await asked(async () => pisOf((await line(PIS, signal, '1')).split(/[\s,]+/)), PI_PLACES);
  return { broker: place, pis: machines };
}

async function brokerText(signal: AbortSignal): Promise<string> {
  for (const text of BROKER_MENU) notice(text);
  const answer = await line(BROKER, signal, '1');
  if (answer === '3') return await line('SSH host, such as ssh://pi@hub.local: ', signal);
  if (answer === '4') return `external:${await line('Host name or IP address of the broker: ', signal)}`;
  return { '1': 'local', '2': 'container' }[answer] ?? answer;
}

/** Asks until the answer is allowed. */
async function asked<T>(ask: () => Promise<T | undefined>, allowed: string): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    process.stderr.write(`${allowed}\n`);
  }
}

async function line(question: string, signal: AbortSignal, usual = ''): Promise<string> {
  const answer = await askLine(question, signal);
  if (answer === undefined) {
    throw new LabError({ subject: 'init', step: 'ask', happened: 'cancelled; nothing was written' }, 'interrupted');
  }
  return answer.trim() === '' ? usual : answer.trim();
}

function given<T>(value: T | undefined, option: string, allowed: string): T {
  // without its text, which may carry a password
  if (value === undefined) throw new InputError([`the value of ${option} is not a place; ${allowed}`]);
  return value;
}
