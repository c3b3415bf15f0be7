import { randomBytes } from 'node:crypto';
import { errorMessage, LabError } from '../base/errors.ts';
import { masked } from '../base/secret.ts';
import { filterMistake, topicMistake } from '../base/topic.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { may, writes } from '../lab-file/may.ts';
import { now } from '../probes/mqtt/packet.ts';
import { freshClientId } from '../probes/mqtt/session.ts';
import { saveAnswers } from './answers/save.ts';
import { hasUnsaved } from './answers/unsaved.ts';
import { openPath } from './checkpoint/path.ts';
import { stepsFor } from './checkpoint/steps.ts';
import { openCounters } from './counters.ts';
import { openHosts } from './hosts.ts';
import { openInOrder } from './in-order.ts';
import { openLatencyMeter } from './latency.ts';
import { openLeftovers } from './leave.ts';
import {
  type Command,
  type EventOf,
  type LiveEvent,
  type NewEvent,
  type Rights,
  type Settings,
  type Setup,
  SIDES,
  type Side,
} from './protocol.ts';
import { openRate } from './rate.ts';
import { openRestart } from './restart.ts';
import { refusal } from './settings.ts';
import { longestKeepAliveOf, setupOf } from './setup.ts';
import { type LiveSide, openSide } from './side.ts';
import { MOST_EVENTS, openTranscript, type Transcript } from './transcript.ts';
import { openNarrator } from './words/narrator.ts';

/** The two clients of a live view and what happens with them. Disposing of it ends everything and leaves nothing on the broker. */
export type LiveSession = AsyncDisposable & {
  readonly setup: Setup;
  readonly transcript: Transcript;
  /** Does what the page asks for. A LabError is in the transcript as well. */
  execute(command: Command): Promise<void>;
  /** Ends both clients and undoes their cuts, as when the page is closed. */
  endClients(): Promise<void>;
  /** Saves predictions and answers that no file has; returns the path of the HTML. */
  saveUnsaved(): Promise<string | undefined>;
};

const CLOSED = 'The page was closed, so the live view ended both clients.';
const TICK_MS = 250;
/** In place of the name of a student who has not saved. */
const UNNAMED = 'unnamed';
/** How late an event on a Pi may arrive here and still be in its place. */
const HOLD_MS = 40;

/** What the page has to learn also from a full transcript. */
const ALWAYS: ReadonlySet<NewEvent['is']> = new Set(['trouble', 'state', 'rate']);

/** `mostEvents`: after so many the transcript is full; for tests. */
export type SessionOptions = { readonly mostEvents?: number };

/** @param live with the broker's version */
export function openLiveSession(live: LiveLab, { mostEvents = MOST_EVENTS }: SessionOptions = {}): LiveSession {
  const { lab, broker } = live;
  const rights: Rights = {
    mayPublish: (user, topic, clientId) => writes(lab, user, topic, clientId),
    mayReceive: (user, topic, clientId) => may(lab, user, 'subscribe', topic, clientId),
  };
  const longestKeepAlive = longestKeepAliveOf(live);
  const setup = setupOf(live, stepsFor({ lab, pis: live.pis.map(({ name }) => name), longestKeepAlive }));
  const transcript = openTranscript(mostEvents);
  const narrator = openNarrator(rights, broker.version);
  const path = openPath(setup.steps);
  const latency = openLatencyMeter();
  const leftovers = openLeftovers();
  const hosts = openHosts(live);
  const begun = new Date().toISOString();
  const word = randomBytes(3).toString('hex');
  /** Why both clients were ended for good; the transcript then takes only ALWAYS. */
  let over: string | undefined;

  const add = (event: NewEvent, at?: number): void => {
    if (over !== undefined && !ALWAYS.has(event.is)) return;
    const added = transcript.add(event, at);
    guarded(() => follow(added));
    if (transcript.isFull()) stop(`the transcript is full (${mostEvents} events)`);
  };
  const follow = (added: LiveEvent): void => {
    if (added.is === 'packet') {
      counters[added.side].packet(added.packet.bytes);
      const measured = latency.take(added, clockErrorMs());
      if (measured !== undefined) add(measured, added.at);
    }
    for (const more of [...narrator.take(added), ...path.take(added)]) add(more, added.at);
  };
  /** For work that a timer or a client's stream calls: nothing else would catch its error. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      stop(`the live view itself failed (${masked(errorMessage(error))})`);
    }
  };
  const stop = (why: string): void => {
    if (over !== undefined) return;
    over = `${why}, so the live view ended both clients; save your answers, then start the live view again`;
    transcript.add({ is: 'trouble', text: over });
    void endClients();
  };
  const clockErrorMs = () => SIDES.reduce((sum, side) => sum + sides[side].clockErrorMs(), 0);
  const holdMs = () => (SIDES.some((side) => sides[side].isRemote()) ? HOLD_MS : 0);
  const inOrder = openInOrder<NewEvent>(holdMs, (event, at) => {
    // the wire has times of its own; everything else is said now
    add(event, event.is === 'packet' || event.is === 'tcp' ? at : undefined);
  });
  const clientId = (side: Side, { clean, user }: Settings) =>
    clean ? freshClientId() : `live-${word}-${side}-${user}`;
  const countersOf = (side: Side) => openCounters({ side, add, host: hosts.open });
  const counters = { publisher: countersOf('publisher'), subscriber: countersOf('subscriber') };
  const make = (side: Side): LiveSide =>
    openSide({
      ...{
        side,
        live,
        setup,
        counters: counters[side],
        host: hosts.open,
        clientId: (settings) => clientId(side, settings),
      },
      ...{ add: inOrder.push, onPacket: leftovers.take, guarded },
    });
  const sides = { publisher: make('publisher'), subscriber: make('subscriber') };
  const rate = openRate({ publisher: sides.publisher, add });
  const restart = openRestart(broker.host, add);
  const timer = setInterval(() => {
    guarded(() => {
      for (const event of narrator.tick(now())) add(event);
    });
  }, TICK_MS);

  const endClients = async () => {
    rate.stop();
    await Promise.allSettled(SIDES.map((side) => sides[side].leave()));
    inOrder.flush();
  };
  const save = async (student: string) => {
    const saved = new Date().toISOString();
    const files = await saveAnswers(lab, {
      ...{ format: 'mqtt-lab live view 1', student, begun, saved, setup },
      events: [...transcript.events],
    });
    // also when the transcript is full
    transcript.add({ is: 'saved', ...files });
    return files;
  };
  const perform = async (command: Command): Promise<void> => {
    switch (command.do) {
      case 'connect':
        if (over !== undefined) throw refusal('connect', over);
        return await sides[command.side].connect(command.settings);
      case 'publish': {
        refuseMistake('publish', 'topic', topicMistake(command.topic));
        const { do: _, perSecond, payload, ...message } = command;
        return rate.publish({ ...message, payload: Buffer.from(payload) }, perSecond);
      }
      case 'stop':
        return rate.stop();
      case 'subscribe':
        refuseMistake('subscribe', 'filter', filterMistake(command.filter));
        return sides.subscriber.subscribe(command.filter, command.qos);
      case 'end':
        if (command.side === 'publisher') rate.stop();
        return await sides[command.side].end(command.how);
      case 'cut':
        if (command.side === 'publisher') rate.stop();
        return await sides[command.side].cut();
      case 'plug':
        return await sides[command.side].plug();
      case 'restart broker':
        return await restart();
      case 'predict':
        return add({ is: 'predicted', step: command.step, choice: command.choice });
      case 'answer':
        return add({ is: 'answered', step: command.step, text: command.text });
      case 'save':
        await save(command.student);
    }
  };
  return {
    setup,
    transcript,
    async execute(command) {
      try {
        await perform(command);
      } catch (error) {
        // the next one may find the host in reach
        if (command.do === 'connect' && error instanceof LabError && error.kind === 'could-not-run')
          hosts.forget(command.settings.place);
        const trouble = error instanceof LabError ? error : refusal(command.do, errorMessage(error));
        add({ is: 'trouble', text: trouble.message });
        throw trouble;
      }
    },
    async endClients() {
      const { events } = transcript;
      const stateOf = (side: Side) =>
        events.findLast((event): event is EventOf<'state'> => event.is === 'state' && event.side === side);
      // who opens the page again sees why
      if (SIDES.some((side) => ['connecting', 'connected'].includes(stateOf(side)?.state ?? '')))
        add({ is: 'words', text: CLOSED, isContradiction: false, seqs: [] });
      await endClients();
    },
    saveUnsaved: async () => (hasUnsaved(transcript.events) ? (await save(UNNAMED)).html : undefined),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await endClients();
      await Promise.allSettled(SIDES.map((side) => sides[side][Symbol.asyncDispose]()));
      await leftovers.remove(live);
      await hosts[Symbol.asyncDispose]();
    },
  };
}

function refuseMistake(step: string, what: string, mistake: string | undefined): void {
  if (mistake !== undefined) throw refusal(step, `the ${what} ${mistake}`);
}
