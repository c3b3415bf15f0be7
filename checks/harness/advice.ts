/** Advice that checks of several families give. */
export const ADVICE = {
  /** A host differs from the lab file. */
  hostDiffers: './lab up makes the hosts match the lab file again',
  /** Nothing answers at the broker's address. */
  brokerUnreachable: './lab status shows whether the broker is running and whether each host answers',
} as const;

/** The advice for a connection that failed, from the error text of the client program or the system. */
export function connectionAdvice(errorText: string): { readonly advice?: string } {
  const isUnreachable = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|refused$|No route|timed out|unreachable/i;
  return isUnreachable.test(errorText) ? { advice: ADVICE.brokerUnreachable } : {};
}
