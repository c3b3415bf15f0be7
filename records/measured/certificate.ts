import * as z from 'zod';

/** `observed` of `tls.certificate.*`: the certificate that the broker shows. */
export const certificateSchema = z.object({
  /** Version of TLS of the session; absent where none came about. */
  version: z.string().exactOptional(),
  subject: z.string(),
  issuer: z.string(),
  /** Subject alternative names: `DNS:localhost`, `IP Address:127.0.0.1`. */
  names: z.array(z.string()).readonly(),
  /** ISO 8601, in UTC. */
  validTo: z.string(),
  /** Whole days; negative: it has expired. */
  daysLeft: z.number(),
});

export type CertificateSeen = Readonly<z.infer<typeof certificateSchema>>;
