import { readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { labFolder } from '../lab/support/run.ts';
import { archiveOf, filesIn, openStranger, packed, type Stranger } from './support/stranger.ts';

const MOST_BYTES = 1_000_000;
const MOST_PACKAGES = 170;
const TARBALL = '/srv/mqtt-lab.tgz';
const RUN_MS = 400_000;

let folder: string;
let archive: string;
let stranger: Stranger;

test.serial.before(async (t) => {
  t.timeout(RUN_MS);
  folder = await labFolder('package');
  archive = await packed(undefined, folder);
  stranger = await openStranger();
  await stranger.put(archiveOf(folder, [archive]), '/srv');
  await stranger.root(`mv /srv/${archive} ${TARBALL}`);
});

test.after.always(async () => {
  await stranger?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A new folder of sam's with the package in node_modules, which sam may not change. */
async function project(name: string, manifest: object): Promise<string> {
  const place = `/home/sam/${name}`;
  await stranger.root(`mkdir '${place}' && cd '${place}' && echo '${JSON.stringify(manifest)}' >package.json
    npm install --no-audit --no-fund --offline ${TARBALL}
    chown sam . && chmod -R go-w node_modules`);
  return place;
}

test.serial('the package is small, and has no sources, tests and install scripts', async (t) => {
  const bytes = statSync(path.join(folder, archive)).size;
  t.log(`${bytes} bytes`);
  t.true(bytes <= MOST_BYTES);
  const files = await filesIn(path.join(folder, archive));
  t.deepEqual(
    files.filter((file) => /\.map$|\.tsx?$|^package\/tests/.test(file) && !file.endsWith('.d.ts')),
    [],
  );
  t.true(files.includes('package/dist/THIRD-PARTY.txt'));
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  t.deepEqual(
    Object.keys(scripts).filter((name) => /install|^prepare$/.test(name)),
    [],
  );
});

test.serial('a stranger builds, verifies and removes a lab on the machine itself', async (t) => {
  t.timeout(RUN_MS);
  const place = await project('my lab', { type: 'commonjs' });
  const begin = performance.now();
  const packages = await stranger.sam(`cd '${place}'; npm ls --all --parseable | wc -l`);
  t.true(Number(packages) - 1 <= MOST_PACKAGES);
  const help = await stranger.sam(`cd '${place}'; npx mqtt-lab --help`);
  t.log(`${packages.trim()} folders of packages, ${Math.round(performance.now() - begin)} ms for npm ls and --help`);
  t.regex(help, /^Usage: npx mqtt-lab /);
  const init = await stranger.sam(`cd '${place}'; npx mqtt-lab init --broker local`);
  t.regex(init, /npx mqtt-lab up/);
  const up = await stranger.sam(`cd '${place}'; npx mqtt-lab up --no-verify`);
  t.regex(up, /hosts: [1-9] changed/);
  t.regex(up, /npx mqtt-lab down/);
  const verify = await stranger.sam(
    `cd '${place}'; npx mqtt-lab verify --quick --junit out.xml && head -c 500 out.xml`,
  );
  t.regex(verify, /\(quick\).* passed/);
  t.regex(verify, /<testsuites>/);
  t.false((await stranger.sam(`cd '${place}'; cat .lab/runs/*/report.html`)).includes('./lab '));
  t.regex(await stranger.sam(`cd '${place}'; npx mqtt-lab up --no-verify`), /hosts: 0 changed/);
  await stranger.sam(`cd '${place}'; npx mqtt-lab down`);
  t.is(await stranger.root('ls /etc/mosquitto 2>/dev/null | wc -l'), '0\n');
});

test.serial('the command on the PATH calls itself mqtt-lab', async (t) => {
  await stranger.root(`npm install --global --offline ${TARBALL}`);
  t.regex(await stranger.sam('mqtt-lab --help'), /^Usage: mqtt-lab /);
  await stranger.root('npm uninstall --global mqtt-lab');
});

/** What reads the files beside the sources, and changes nothing. */
const LOOK = 'npx mqtt-lab init --broker local --pi 0; npx mqtt-lab plan';

for (const version of [20, 22, 24]) {
  test.serial(`runs on Node ${version}`, async (t) => {
    t.timeout(RUN_MS);
    const node = await packed(`node-linux-${process.arch}@${version}`, folder);
    await stranger.root(`mkdir -p /opt/${version}`);
    await stranger.put(archiveOf(folder, [node]), '/opt');
    await stranger.root(`tar -xzf /opt/${node} -C /opt/${version} && rm /opt/${node}`);
    const place = await project(`node ${version}`, {});
    const output = await stranger.sam(`cd '${place}'; PATH=/opt/${version}/package/bin:$PATH; node --version; ${LOOK}`);
    t.regex(output, new RegExp(`^v${version}\\.`));
    t.regex(output, /plan: \d+ to create/);
  });
}

test.serial("runs in pnpm's layout", async (t) => {
  t.timeout(RUN_MS);
  // later versions are no JavaScript, and download themselves
  const pnpm = await packed('pnpm@9', folder);
  await stranger.put(archiveOf(folder, [pnpm]), '/opt');
  await stranger.root(`mkdir /opt/pnpm && tar -xzf /opt/${pnpm} -C /opt/pnpm`);
  const output = await stranger.sam(`mkdir with-pnpm; cd with-pnpm; echo '{}' >package.json
    node /opt/pnpm/package/bin/pnpm.cjs add --offline ${TARBALL}
    ${LOOK}
    test -e "$(dirname lab.yaml)/$(sed -n 's/.*schema=//p' lab.yaml)" && echo the schema is there`);
  t.regex(output, /plan: \d+ to create/);
  t.regex(output, /the schema is there/);
});
