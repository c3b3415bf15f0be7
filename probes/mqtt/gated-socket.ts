import { type OnSent, TappedSocket } from './tapped-socket.ts';

/**
 * A tapped socket that also decides what of the received bytes its reader gets: `admit` is given each chunk as it comes off the network and gives
 * back what goes on, which may be less (nothing, when it is empty) or what was kept back before.
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
    // an empty chunk would end nothing and say nothing: the network is read on
    return admitted.length === 0 || super.push(admitted);
  }
}
