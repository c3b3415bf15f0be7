import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type {
  ContainerCreateOptions,
  ContainerInfo,
  ContainerInspectInfo,
  DockerVersion,
  ImageInfo,
  ImageInspectInfo,
  NetworkCreateOptions,
  NetworkInspectInfo,
} from 'dockerode';

/** Where an engine listens: a socket, or an address of this machine. */
export type Connection = Pick<RequestOptions, 'socketPath' | 'host' | 'port' | 'agent'>;

/** Query parameters; an object becomes JSON, a list is repeated. */
type Query = Readonly<Record<string, unknown>>;
type Call = {
  readonly query?: Query | undefined;
  /** A stream or a buffer is sent as a tar archive, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
};
type Filters = { readonly all?: boolean; readonly filters?: Readonly<Record<string, readonly string[]>> };
type Signal = { readonly abortSignal?: AbortSignal };

/** An answer of the engine that is an error, in its own words. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

export type Docker = ReturnType<typeof dockerClient>;

/** A client of Docker's API (docs.docker.com/reference/api/engine). Functions that build, pull or import give the engine's events for `follow`. */
export function dockerClient(connection: Connection) {
  const stream = async (method: string, path: string, call: Call = {}): Promise<IncomingMessage> => {
    const answer = await send(connection, method, path, call);
    const { statusCode = 0 } = answer;
    if (statusCode < 400) return answer;
    const words = await text(answer);
    throw new DockerError(statusCode, messageIn(words) ?? (words || `HTTP status ${statusCode}`));
  };
  const json = async <T>(method: string, path: string, call?: Call): Promise<T> =>
    JSON.parse(await text(await stream(method, path, call)));
  const done = async (method: string, path: string, call?: Call): Promise<void> => {
    (await stream(method, path, call)).resume();
  };
  const container = (id: string) => {
    const path = `/containers/${id}`;
    return {
      inspect: async () => await json<ContainerInspectInfo>('GET', `${path}/json`),
      start: async () => await done('POST', `${path}/start`),
      unpause: async () => await done('POST', `${path}/unpause`),
      kill: async () => await done('POST', `${path}/kill`),
      remove: async (query: Query) => await done('DELETE', path, { query }),
      logs: async (query: Query) => await buffer(await stream('GET', `${path}/logs`, { query })),
      putArchive: async (body: Buffer, query: Query) => await done('PUT', `${path}/archive`, { query, body }),
    };
  };
  return {
    stream,
    json,
    ping: async () => await done('GET', '/_ping'),
    version: async () => await json<DockerVersion>('GET', '/version'),

    listContainers: async (query?: Filters) => await json<ContainerInfo[]>('GET', '/containers/json', { query }),
    getContainer: container,
    async createContainer({ name, platform, ...body }: ContainerCreateOptions) {
      const call = { query: { name, platform }, body };
      return container((await json<{ Id: string }>('POST', '/containers/create', call)).Id);
    },

    listImages: async (query?: Filters) => await json<ImageInfo[]>('GET', '/images/json', { query }),
    getImage: (name: string) => ({
      inspect: async () => await json<ImageInspectInfo>('GET', `/images/${name}/json`),
      tag: async (query: Query) => await done('POST', `/images/${name}/tag`, { query }),
      remove: async () => await done('DELETE', `/images/${name}`),
    }),
    buildImage: async (body: Readable, { abortSignal: signal, ...query }: Query & Signal) =>
      await stream('POST', '/build', { query, body, signal }),
    importImage: async (body: Readable, query: Query) =>
      await stream('POST', '/images/create', { query: { ...query, fromSrc: '-' }, body }),
    loadImage: async (body: Readable, { abortSignal: signal }: Signal) =>
      await stream('POST', '/images/load', { body, signal }),
    pull: async (fromImage: string, { abortSignal: signal, ...query }: Query & Signal) =>
      await stream('POST', '/images/create', { query: { fromImage, ...query }, signal }),

    listNetworks: async (query?: Filters) => await json<NetworkInspectInfo[]>('GET', '/networks', { query }),
    createNetwork: async (body: NetworkCreateOptions) =>
      await json<{ Id: string }>('POST', '/networks/create', { body }),
    getNetwork: (id: string) => ({
      inspect: async () => await json<NetworkInspectInfo>('GET', `/networks/${id}`),
      disconnect: async (body: object) => await done('POST', `/networks/${id}/disconnect`, { body }),
      remove: async () => await done('DELETE', `/networks/${id}`),
    }),
  };
}

async function send(connection: Connection, method: string, path: string, { query = {}, body, signal }: Call) {
  const isArchive = body instanceof Readable || Buffer.isBuffer(body);
  const headers = body === undefined ? {} : { 'Content-Type': isArchive ? 'application/x-tar' : 'application/json' };
  const options = { agent: false, ...connection, method, path: `${path}?${parameters(query)}`, headers, signal };
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(options, resolve).on('error', reject);
    if (body instanceof Readable) pipeline(body, outgoing).catch(reject);
    else outgoing.end(body === undefined || isArchive ? body : JSON.stringify(body));
  });
}

function parameters(query: Query): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((one) => [key, typeof one === 'object' ? JSON.stringify(one) : String(one)]);
  });
  return new URLSearchParams(pairs);
}

function messageIn(words: string): string | undefined {
  try {
    const { message } = JSON.parse(words);
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
