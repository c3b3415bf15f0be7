import test from 'ava';
import { InputError } from '../../../base/errors.ts';
import { openContext } from '../../../scripts/context.ts';
import { importCommand } from '../../../scripts/import.ts';

/** [the host on the command line; why it is refused] */
const refused: readonly (readonly [host: string, error: RegExp])[] = [
  ['hub.local', /does not start with ssh:\/\//],
  ['ssh://pi:s3cret@hub.local', /carries a password/],
];

for (const [host, reason] of refused) {
  test(`refuses the host ${host}, and does not repeat it`, async (t) => {
    const { command, run } = importCommand();
    command.action(() => undefined).parse([host], { from: 'user' });
    const options = { logsIn: true, acceptsNewHostKeys: false };
    const context = openContext('none.yaml', new AbortController().signal, options);
    const error = await t.throwsAsync(run(context, command), { instanceOf: InputError });
    t.regex(error?.message ?? '', reason);
    t.false(error?.message.includes('s3cret'));
  });
}
