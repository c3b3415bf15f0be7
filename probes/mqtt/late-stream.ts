import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

type WriteCallback = (error?: Error | null) => void;

export type LateStreamOptions = {
  readonly tcp: Socket;
  /** The stream above the TCP connection, once its handshake is complete. */
  readonly opened: Promise<Duplex>;
  /** The error to report in place of one of the stream. */
  explain(error: unknown): Error;
};

/** A byte stream whose handshake takes time. It holds back what is written until the handshake has verified the peer. */
export class LateStream extends Duplex {
  readonly #tcp: Socket;
  readonly #explain: LateStreamOptions['explain'];
  #inner: Duplex | undefined;

  constructor({ tcp, opened, explain }: LateStreamOptions) {
    super({ allowHalfOpen: false });
    this.#tcp = tcp;
    this.#explain = explain;
    this.cork();
    opened.then(
      (inner) => this.#join(inner),
      (error: unknown) => this.destroy(explain(error)),
    );
  }

  #join(inner: Duplex): void {
    // an error may have come between the handshake and this turn
    if (this.destroyed || inner.destroyed) {
      inner.destroy();
      this.destroy(inner.errored === null ? undefined : this.#explain(inner.errored));
      return;
    }
    this.#inner = inner;
    inner.on('data', (chunk) => {
      if (!this.push(chunk)) inner.pause();
    });
    inner.on('end', () => this.push(null));
    inner.on('error', (error) => this.destroy(this.#explain(error)));
    // a WebSocket stream waits on after a reset; what was received before comes within this turn
    this.#tcp.once('close', () => setImmediate(() => this.destroy()));
    inner.on('close', () => {
      if (!inner.readableEnded) this.destroy();
    });
    this.uncork();
  }

  override _read(): void {
    this.#inner?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: WriteCallback): void {
    this.#send(chunk, callback);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], callback: WriteCallback): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  #send(bytes: Buffer, callback: WriteCallback): void {
    // only `end` writes before the handshake is complete
    if (this.#inner === undefined) callback(new Error('the connection was ended before it was open'));
    else this.#inner.write(bytes, callback);
  }

  override _final(callback: WriteCallback): void {
    // where the peer has closed it meanwhile, there is nothing left to end
    if (this.#inner === undefined) callback();
    else this.#inner.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#tcp.closed) callback(error);
    else this.#tcp.once('close', () => callback(error));
    this.#inner?.destroy();
    this.#tcp.destroy();
  }

  /** Ends the stream, then destroys it, as a Socket does. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }
}
