import { bothKeepAlives, countedPings, reasoned } from './keep-alive.ts';
import type { OpenProof } from './proof.ts';
import { eachPacket, eachQos, lowerQos, sizeAndLatency } from './qos.ts';
import { reachesPi, rightsHold } from './rights.ts';
import { bothWills, closedProgram, disconnectAgainstOutage } from './will.ts';

/** What proves each step, by the number of its question. */
export const PROOFS: Readonly<Record<string, OpenProof>> = {
  '1.3': reachesPi,
  '2.1': rightsHold,
  '2.2a': eachQos,
  '2.2b': eachPacket,
  '2.2c': sizeAndLatency,
  '2.2d': lowerQos,
  '2.3a': bothKeepAlives,
  '2.3b': countedPings,
  '2.3c': reasoned,
  '2.4a': bothWills,
  '2.4b': closedProgram,
  '2.4c': disconnectAgainstOutage,
};
