import { type OnSent, TappedSocket } from './tapped-socket.ts';

/**
 * A tapped socket that also filters what its reader gets: `admit` takes each received chunk and returns what the reader
 * gets, which may be less, or bytes that it had withheld.
 */
export class GatedSocket extends TappedSocket {
  readonly #admit: (bytes: Buffer) => Buffer;

  constructor(onSent: OnSent, admit: (bytes: Buffer) => Buffer) {
    super(onSent);
    this.#admit = admit;
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (!Buffer.isBuffer(chunk)) return super.push(chunk, encoding);
    const admitted = this.#admit(chunk);
    // true: go on reading from the network
    return admitted.length === 0 || super.push(admitted);
  }
}
