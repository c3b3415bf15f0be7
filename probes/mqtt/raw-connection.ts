import process from 'node:process';
import type { Packet as Wire } from 'mqtt-packet';
import { deferred } from '../../base/deferred.ts';
import { type Feed, NotSeen, openFeed, within } from './feed.ts';
import { isReceived, now, type Packet } from './packet.ts';
import type { RawOptions } from './raw-options.ts';
import { acknowledgement, packetBytes } from './raw-packet.ts';
import { recordedSocket } from './recorded-socket.ts';
import { resetConnection } from './reset.ts';
import type { Version } from './session.ts';
import type { Transport } from './transport.ts';

/** Who ended the connection, and how; `given up`: the broker did not end its side in time. */
export type End = {
  readonly by: 'broker' | 'client';
  readonly at: number;
  readonly how: 'FIN' | 'RST';
  readonly isGivenUp?: true;
};

/** A recorded connection to a broker that acknowledges packets and records how it ended. */
export class RawConnection {
  readonly packets: Feed<Packet>;
  readonly #socket: Transport['stream'];
  readonly #transport: Transport;
  readonly #version: Version;
  readonly #ended = deferred<End>();
  readonly #pings = { sent: 0, answered: 0 };
  /** Until this side ends the connection, only the broker can. */
  #by: End['by'] = 'broker';
  #hasBrokerEnded = false;
  #how: End['how'] = 'FIN';
  #isOver = false;
  #isGivenUp = false;
  #trouble: string | undefined;

  constructor(options: RawOptions, clientId: string) {
    const { version = 4, acknowledges = () => true } = options;
    this.#version = version;
    this.packets = openFeed<Packet>(`the session of ${options.login?.user ?? clientId}`, isReceived);
    const onPacket = (packet: Packet) => {
      if (packet.type === 'PINGRESP') this.#pings.answered += 1;
      const answer = acknowledgement(packet);
      if (answer !== undefined && acknowledges(packet)) process.nextTick(() => this.send(answer));
      this.packets.push(packet);
    };
    const onNoMqtt = (reason: string) => {
      this.#trouble = reason;
      this.#endHere();
      this.packets.end(reason);
    };
    this.#transport = recordedSocket({ endpoint: options, onPacket, onNoMqtt });
    this.#socket = this.#transport.stream;
    if (options.noDelay === false) this.#transport.tcp.setNoDelay(false);
    this.#watchEnd();
  }

  #watchEnd(): void {
    this.#socket.on('data', () => undefined);
    this.#socket.on('end', () => {
      this.#hasBrokerEnded = true;
    });
    this.#socket.on('error', (error) => {
      this.#trouble = error.message;
    });
    this.#socket.on('close', () => {
      // before the feed ends, so that a wait for a packet sees that the connection is over
      this.#isOver = true;
      if (this.#transport.hasReset()) [this.#how, this.#by] = ['RST', 'broker'];
      const givenUp = this.#isGivenUp ? { isGivenUp: true as const } : {};
      this.#ended.resolve({ by: this.#by, how: this.#how, at: now(), ...givenUp });
      this.packets.end(this.#trouble ?? 'the connection is closed');
    });
  }

  get ended(): Promise<End> {
    return this.#ended.promise;
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed;
  }

  send(packet: Wire): void {
    if (!this.#socket.writable) return;
    // counted here: the recorder sees a packet only once the socket has sent everything before it
    if (packet.cmd === 'pingreq') this.#pings.sent += 1;
    this.#socket.write(packetBytes(packet, this.#version));
  }

  sendBytes(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** The result of the work, or the reason why the connection ended before the work saw anything. */
  async orClosed<T>(work: Promise<T>): Promise<T | { readonly kind: 'closed'; readonly reason: string }> {
    return await work.catch((error: unknown) => {
      if (!(error instanceof NotSeen) || (!this.#isOver && this.#trouble === undefined)) throw error;
      return { kind: 'closed' as const, reason: this.#trouble ?? 'the broker closed the connection' };
    });
  }

  /** Sends a PINGREQ and returns a function that checks for its answer. */
  ping(): () => boolean {
    const expected = this.#pings.sent + 1;
    this.send({ cmd: 'pingreq' });
    return () => this.#pings.answered >= expected;
  }

  #endHere(): void {
    if (!this.#hasBrokerEnded) this.#by = 'client';
  }

  /** Ends this side, and waits for the other within the bound. */
  async close(boundMs: number, end: 'FIN' | 'RST' = 'FIN'): Promise<void> {
    this.#endHere();
    if (end === 'RST') {
      this.#how = 'RST';
      resetConnection(this.#transport.tcp, this.#socket);
    } else {
      this.#socket.end();
    }
    await within(this.ended, 'end of the connection', boundMs).catch(() => {
      this.#isGivenUp = true;
      this.#socket.destroy();
    });
    await this.ended;
  }

  destroy(): void {
    this.#endHere();
    this.#socket.destroy();
  }
}
