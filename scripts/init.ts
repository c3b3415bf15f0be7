import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { PROGRAM } from '../base/called-as.ts';
import { errorCode, InputError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import { labName } from '../lab-file/forms.ts';
import { renderJsonSchema } from '../lab-file/json-schema.ts';
import { privateFolder, writePrivate } from '../lab-file/private-folder.ts';
import { labTemplate, NEW_USERS, type NewLab, passwordFile, passwordVariable } from '../lab-file/template.ts';
import { mistakesInText } from '../lab-file/text-mistakes.ts';
import type { LabCommand } from './command.ts';
import { labFileOf } from './context.ts';
import { askForPlaces } from './new-lab-questions.ts';

/** 24 letters, digits, - and _. */
const PASSWORD_BYTES = 18;
const INSTALLED = './node_modules/mqtt-lab/lab.schema.json';
const COPY = './.lab/lab.schema.json';

type Options = { broker?: string; pi: readonly string[] };

/** `./lab init`: a new lab file. */
export function init(): LabCommand {
  const command = new Command('init')
    .description(
      'Write a new lab file with comments, and random passwords beside it. Asks on a terminal what it describes.',
    )
    .option('--broker <place>', 'local (this machine), container, ssh://[user@]host[:port] or external:ADDRESS')
    .addOption(
      new Option('--pi <place>', 'a number of emulated Pis, or ssh://[user@]host[:port]; may be given several times')
        .argParser((place: string, before: readonly string[]) => [...before, place])
        .default([], 'none'),
    );
  return {
    command,
    async run({ signal }) {
      const file = labFileOf(command);
      const exists = new InputError([`${file}: exists already; edit it, or name a new file with --lab FILE`]);
      if (existsSync(file)) throw exists;
      const { broker, pi } = command.opts<Options>();
      const places = await askForPlaces({ broker, pis: pi }, signal);
      const directory = path.resolve(path.dirname(file));
      const schema = schemaFor(directory);
      const text = labTemplate({ name: nameFor(directory), schema, ...places });
      const mistakes = mistakesInText(text);
      if (mistakes.length > 0)
        throw new InputError(mistakes.map((mistake) => `these options give a wrong lab file: ${mistake}`));
      const isExternal = places.broker.host === 'external';
      await writeBeside(directory, { schema, users: isExternal ? [] : NEW_USERS });
      await writeFile(file, text, { flag: 'wx' }).catch((error) => {
        throw errorCode(error) === 'EEXIST' ? exists : error;
      });
      for (const line of nextLines(file, places)) console.log(line);
      return 0;
    },
  };
}

/** The name of the folder, as far as a lab can have it. */
function nameFor(directory: string): string {
  const name = path
    .basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return labName.safeParse(name).data ?? 'lab';
}

/** The schema for editors, relative to the lab file: that of an installed package follows its updates, a copy does not. */
function schemaFor(directory: string): string {
  return existsSync(path.join(directory, INSTALLED)) ? INSTALLED : COPY;
}

/** Fills `.lab/`: keeps it out of git, and keeps passwords that exist. */
async function writeBeside(
  directory: string,
  { schema, users }: { readonly schema: string; readonly users: readonly string[] },
): Promise<void> {
  const passwords = privateFolder({ directory }, 'passwords');
  await mkdir(passwords, { recursive: true, mode: 0o700 });
  await chmod(privateFolder({ directory }), 0o700);
  await writeFile(privateFolder({ directory }, '.gitignore'), '*\n');
  if (schema === COPY) await writeFile(path.join(directory, COPY), renderJsonSchema());
  for (const user of users) {
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    await writePrivate(path.join(directory, passwordFile(user)), `${password}\n`).catch((error) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

function nextLines(file: string, { broker }: Pick<NewLab, 'broker'>): string[] {
  const option = file === 'lab.yaml' ? '' : ` --lab ${quote(file)}`;
  if (broker.host === 'external') {
    const variables = NEW_USERS.map(passwordVariable).join(' and ');
    return [
      `wrote ${file}: name the broker's users and their rights in it, and set ${variables}`,
      `${PROGRAM}${option} verify checks the broker`,
    ];
  }
  return [
    `wrote ${file}, and random passwords of ${NEW_USERS.join(' and ')} in .lab/passwords/`,
    `${PROGRAM}${option} up builds the lab and verifies it`,
  ];
}
