import test, { type ExecutionContext } from 'ava';
import { HERE, PROGRAMS, type Program, type Settings, type Side } from '../../live/protocol.ts';
import { hop } from '../../probes/mqtt/hop.ts';
import { PORT } from '../lab/support/lab.ts';
import { openLiveView } from '../lab/support/live-view.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { TLS_LAB } from '../lab/support/tls-lab.ts';
import { sh } from '../unit/_sh.ts';

const theLab = ownLab('places', TLS_LAB, { installed: true });

const PLAIN = PORT;
const TLS = PORT + 2;
/** Asks for a client certificate. */
const CERTIFICATE = PORT + 3;

/** What a program needs on this machine, as a script that finds it. */
const NEEDS: Readonly<Record<Program, string>> = {
  'mqtt.js': 'true',
  paho: "python3 -c 'import paho.mqtt.client'",
  mosquitto: 'command -v python3 mosquitto_pub mosquitto_sub',
};

function isMissing(t: ExecutionContext, program: Program, place: string): boolean {
  if (place !== HERE || sh(NEEDS[program]).code === 0) return false;
  t.log(`nothing was tried: this machine lacks ${program}`);
  t.pass();
  return true;
}

const COMBINATIONS = [HERE, 'pi'].flatMap((place) => PROGRAMS.map((program) => ({ place, program })));

const common = { version: 4, clean: true, keepAlive: 5 } as const;
const MESSAGE = { topic: 'status', qos: 1, retain: false } as const;
const WILL = { ...MESSAGE, payload: 'sam is gone' };

/** sam publishes, and alice reads, from the same place with the same program. */
function settingsOf(side: Side, where: Pick<Settings, 'place' | 'program'>, listener: number): Settings {
  if (side === 'subscriber')
    return { ...common, ...where, user: 'alice', listener, subscription: { filter: 'status', qos: 1 } };
  return {
    ...{ ...common, ...where, user: 'sam', listener, will: WILL },
    ...(where.program === 'mosquitto' ? { message: MESSAGE } : {}),
  };
}

test.serial('the lab is up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

for (const { place, program } of COMBINATIONS) {
  const where = place === HERE ? 'this machine' : place;
  test.serial(
    `${program} on ${where} over TLS: the packets of both hops, and the will of a pulled cable`,
    async (t) => {
      if (isMissing(t, program, place)) return;
      await using view = await openLiveView(theLab());
      const connect = async (side: Side, listener: number) => {
        await view.send({ do: 'connect', side, settings: settingsOf(side, { place, program }, listener) });
        await view.packet(side, { type: 'CONNACK', code: 0 });
      };
      await connect('subscriber', TLS);
      await view.packet('subscriber', { type: 'SUBACK' });
      await connect('publisher', CERTIFICATE);
      await view.send({ do: 'publish', ...MESSAGE, payload: 'hello' });
      await view.words(/^sam published status at QoS 1/);
      for (const side of ['publisher', 'subscriber'] as const) {
        const drawn = view.events.flatMap((event) =>
          event.is === 'packet' && event.side === side && event.packet.type.startsWith('PUB') ? [event.packet] : [],
        );
        t.deepEqual(
          drawn.map(({ direction, type, bytes }) => ({ direction, type, bytes })),
          hop(side, { qos: 1, topic: 'status', payloadBytes: 5 }),
        );
      }
      const counted = await view.event(
        (event) =>
          event.is === 'counters' && event.side === 'publisher' && event.packets >= 4 && event.ip !== undefined,
        "the kernel's counters",
      );
      t.true(counted.is === 'counters' && (counted.ip?.bytes ?? 0) > counted.mqttBytes);
      await view.send({ do: 'cut', side: 'publisher' });
      await view.packet('subscriber', { type: 'PUBLISH', payload: 'sam is gone' });
      await view.words(/^The broker published sam's last will/);
      await view.send({ do: 'plug', side: 'publisher' });
      await view.event(({ is, ...event }) => is === 'state' && 'state' in event && event.state === 'ended', 'the end');
      t.deepEqual(
        view.events.filter(
          (event) =>
            // mqtt.js notices the silence by itself
            (event.is === 'trouble' && !/got no PINGRESP in time and closed the connection$/.test(event.text)) ||
            (event.is === 'words' && event.isContradiction),
        ),
        [],
      );
    },
  );

  test.serial(`${program} on ${where}: a live view that ends by Ctrl-C sends DISCONNECT`, async (t) => {
    if (isMissing(t, program, place)) return;
    const view = await openLiveView(theLab());
    await view.send({ do: 'connect', side: 'publisher', settings: settingsOf('publisher', { place, program }, PLAIN) });
    const { packet } = await view.packet('publisher', { type: 'CONNECT' });
    await view.packet('publisher', { type: 'CONNACK', code: 0 });
    view.command.interrupt();
    t.is((await view.command.ended).code, 0);
    view.leave();
    const log = await theLab().container('broker').shell('tail -n 20 /var/log/mosquitto/mosquitto.log');
    // after a DISCONNECT; else its log says "closed its connection"
    t.true(log.includes(`Client ${packet.connect?.clientId} disconnected.`), log);
  });
}
