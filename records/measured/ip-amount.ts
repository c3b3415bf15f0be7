import { z } from 'zod';

/** What a kernel counted for one connection (TCP_INFO, tcp(7)), both directions together where nothing else is said. */
export const ipAmountSchema = z.object({
  /** Headers of IP and TCP included. */
  bytes: z.number(),
  /** Of the TCP stream: what is left without the headers. */
  streamBytes: z.number(),
  segmentsSent: z.number(),
  segmentsReceived: z.number(),
});
