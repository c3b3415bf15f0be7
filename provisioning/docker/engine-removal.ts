import type { ToolsRecord } from './engine-record.ts';

/** Program of Debian's docker.io. */
const DOCKERD = '/usr/sbin/dockerd';
/** Where Debian's engine has its data, which go with it. */
const DATA = '/var/lib/docker';

/** What is left in an engine when the lab that goes has taken its own away. */
export type EngineContents = {
  /** Folder of the engine's data. */
  readonly root: string;
  /** In words: `image debian:12`, `volume data`, with the lab that it is of. */
  readonly things: readonly { readonly what: string; readonly lab?: string | undefined }[];
};

export type LocalEngine =
  | { readonly state: 'answers'; readonly contents: EngineContents }
  /** The docker command of this user goes to another one than this machine's own socket. */
  | { readonly state: 'elsewhere' }
  | { readonly state: 'silent' }
  /** Nor is there a program that could. */
  | { readonly state: 'gone' };

/** What becomes of what the lab has installed and started for Docker. */
export type ToolsFate =
  | {
      readonly fate: 'leaves';
      /** The lab's part in the engine: its packages, only the process, or nothing. */
      readonly engine: 'installed' | 'started' | 'none';
    }
  | { readonly fate: 'stays'; readonly why: string };

/** Decides from who else may need it; whatever can't be known lets it stay. What becomes of each package is decided after that. */
export function toolsFate(engine: LocalEngine, record: ToolsRecord): ToolsFate {
  const used = labOf(engine);
  if (used !== undefined) return stays(used);
  const [lab] = record.labs;
  if (lab !== undefined) return stays(`the lab ${lab} is on this machine`);
  const part = partIn(engine, record);
  if (part === 'none') return { fate: 'leaves', engine: part };
  const goesOn = record.isLeaving && record.engines.length === 0;
  const why = obstacle(record, part) ?? (goesOn ? undefined : useOf(engine));
  return why === undefined ? { fate: 'leaves', engine: part } : stays(why);
}

/** Which lab has something in the engine, in words. */
export function labOf(engine: LocalEngine): string | undefined {
  if (engine.state !== 'answers') return undefined;
  const found = engine.contents.things.find(({ lab }) => lab !== undefined);
  return found && `the lab ${found.lab} has its ${found.what}`;
}

function partIn(engine: LocalEngine, record: ToolsRecord): 'installed' | 'started' | 'none' {
  // somebody else has removed it, and what it has left is theirs to keep
  if (engine.state === 'gone' && !record.isLeaving) return 'none';
  if (record.hasInstalled) return 'installed';
  return record.startedPid === undefined ? 'none' : 'started';
}

/** What on this machine, but for the engine's contents, is in the way. */
function obstacle(record: ToolsRecord, part: 'installed' | 'started'): string | undefined {
  const { engines, before, namespaces, startedPid } = record;
  if (engines.length > 1) return `${engines.length} dockerd run here`;
  const [running] = engines;
  if (part === 'installed' && running !== undefined && running.program !== DOCKERD) {
    return `${running.program || 'another program'} runs, which is not docker.io's`;
  }
  if (part === 'started' && running?.pid !== startedPid) return 'the one that runs is not the one that the lab started';
  if (part === 'installed' && !['absent', 'empty'].includes(before.get(DATA) ?? 'unknown')) {
    // docker.io's own removal would take that along (its postrm)
    return `there was something in ${DATA} before the lab`;
  }
  const [namespace] = namespaces;
  return namespace === undefined ? undefined : `containerd has the namespace ${namespace}`;
}

/** Who uses the engine, or why that is not to be known. */
function useOf(engine: LocalEngine): string | undefined {
  if (engine.state === 'silent' || engine.state === 'gone')
    return 'it does not answer, so what is in it is not to be known';
  if (engine.state === 'elsewhere') return "DOCKER_HOST or the Docker context is not this machine's own engine";
  const { root, things } = engine.contents;
  if (root !== DATA) return `its data are in ${root}`;
  const [first] = things;
  if (first === undefined) return undefined;
  const more = things.length === 1 ? '' : ` and ${things.length - 1} more`;
  return `it has ${first.what}${more}`;
}

function stays(why: string): ToolsFate {
  return { fate: 'stays', why };
}
