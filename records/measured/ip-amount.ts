import * as z from 'zod';

/** A kernel's counters of one connection (TCP_INFO, tcp(7)), both directions together unless named. */
export const ipAmountSchema = z.object({
  /** Headers of IP and TCP included. */
  bytes: z.number(),
  /** Of the TCP stream, without headers. */
  streamBytes: z.number(),
  segmentsSent: z.number(),
  segmentsReceived: z.number(),
});
