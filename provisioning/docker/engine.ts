import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type Docker from 'dockerode';
import { errorCode, errorMessage, LabError } from '../../base/errors.ts';
import { sudoAgent } from './sudo-agent.ts';

/** Whether a Docker engine answers, and why not. */
export type EngineLookup =
  | { readonly state: 'answers'; readonly endpoint: string; readonly docker: Docker }
  | { readonly state: 'absent'; readonly endpoint: string; readonly why: string }
  | { readonly state: 'forbidden'; readonly endpoint: string };

const DEFAULT_ENDPOINT = 'unix:///var/run/docker.sock';
const PING_TIMEOUT_MS = 5_000;

/** Whether an address is the socket of this machine's own engine, as in Debian's docker.io. */
export function isOwnSocket(endpoint: string): boolean {
  return /^unix:\/\/(\/var)?\/run\/docker\.sock$/.test(endpoint);
}

/** Whether dockerd is installed, running or not, also where this user's PATH lacks root's folders. True where the system is not Linux. */
export function hasEngine(): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/usr/bin', '/snap/bin'];
  return process.platform !== 'linux' || folders.some((folder) => existsSync(path.join(folder, 'dockerd')));
}

/** Finds the engine that the docker command would use: DOCKER_HOST, then the current context, then the default socket. */
export async function findEngine(): Promise<EngineLookup> {
  const endpoint = process.env.DOCKER_HOST || (await contextEndpoint()) || DEFAULT_ENDPOINT;
  const { default: Engine } = await import('dockerode');
  const docker = new Engine(connection(endpoint));
  const failure = await pingFailure(docker);
  if (failure === undefined) return { state: 'answers', endpoint, docker };
  if (failure.code !== 'EACCES') return { state: 'absent', endpoint, why: failure.message };
  // a user who may use sudo but is not in the group docker, such as one for whom the lab has just installed the engine
  if (!(await mayUseSudo())) return { state: 'forbidden', endpoint };
  const { socketPath = '' } = connection(endpoint);
  const options = { agent: sudoAgent(socketPath), protocol: 'http' as const, host: 'localhost' };
  const bySudo = new Engine(options);
  const bySudoFailure = await pingFailure(bySudo);
  return bySudoFailure === undefined
    ? { state: 'answers', endpoint, docker: bySudo }
    : { state: 'absent', endpoint, why: bySudoFailure.message };
}

function connection(endpoint: string): Docker.DockerOptions {
  const text = endpoint.includes('://') ? endpoint : `tcp://${endpoint}`;
  if (!URL.canParse(text)) {
    const advice = 'set it to something like unix:///var/run/docker.sock, or unset it';
    throw new LabError(
      { subject: 'docker', step: 'find the engine', happened: `DOCKER_HOST is not an address: ${endpoint}`, advice },
      'could-not-run',
    );
  }
  const url = new URL(text);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  if (['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) {
    return { host: url.hostname, port: url.port || '2375', protocol: 'http' };
  }
  const advice =
    'unset DOCKER_HOST, or run `docker context use default`; for another machine write `ssh://user@host` in the lab file';
  const happened = `the engine is on another machine (${endpoint}), so its containers can't be reached on 127.0.0.1`;
  throw new LabError({ subject: 'docker', step: 'find the engine', happened, advice }, 'could-not-run');
}

async function pingFailure(docker: Docker): Promise<{ code: string | undefined; message: string } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer after ${PING_TIMEOUT_MS / 1000} s`)), PING_TIMEOUT_MS);
  });
  try {
    await Promise.race([docker.ping(), late]);
    return undefined;
  } catch (error) {
    return { code: errorCode(error), message: errorMessage(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Endpoint of the current Docker context (docker-context(1)), undefined for the default one. */
async function contextEndpoint(): Promise<string | undefined> {
  const folder = process.env.DOCKER_CONFIG || path.join(homedir(), '.docker');
  const name = process.env.DOCKER_CONTEXT || text(await readJson(path.join(folder, 'config.json')), 'currentContext');
  if (name === undefined || name === 'default') return undefined;
  const digest = createHash('sha256').update(name).digest('hex');
  const meta = await readJson(path.join(folder, 'contexts', 'meta', digest, 'meta.json'));
  return text(meta, 'Endpoints', 'docker', 'Host');
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function text(value: unknown, ...keys: string[]): string | undefined {
  let inner = value;
  for (const key of keys) inner = new Map(Object.entries(inner ?? {})).get(key);
  return typeof inner === 'string' && inner !== '' ? inner : undefined;
}

async function mayUseSudo(): Promise<boolean> {
  const { $ } = await import('zx/core');
  return (await $({ quiet: true, nothrow: true })`sudo -n true`).exitCode === 0;
}
