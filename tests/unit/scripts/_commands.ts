import type { Command } from 'commander';
import { checkAnswers } from '../../../scripts/check-answers.ts';
import type { LabCommand } from '../../../scripts/command.ts';
import { compare } from '../../../scripts/compare.ts';
import { completion } from '../../../scripts/completion.ts';
import { down } from '../../../scripts/down.ts';
import { image } from '../../../scripts/image.ts';
import { importCommand } from '../../../scripts/import.ts';
import { init } from '../../../scripts/init.ts';
import { live } from '../../../scripts/live.ts';
import { plan } from '../../../scripts/plan.ts';
import { publish } from '../../../scripts/publish.ts';
import { report } from '../../../scripts/report.ts';
import { ssh } from '../../../scripts/ssh.ts';
import { status } from '../../../scripts/status.ts';
import { subscribe } from '../../../scripts/subscribe.ts';
import { up } from '../../../scripts/up.ts';
import { verify } from '../../../scripts/verify.ts';

const MAKERS: readonly (() => LabCommand)[] = [
  init,
  up,
  plan,
  verify,
  report,
  compare,
  live,
  checkAnswers,
  status,
  ssh,
  publish,
  subscribe,
  importCommand,
  image,
  down,
  completion,
];

export const COMMANDS: readonly Command[] = MAKERS.map((make) => make().command);
