import { CALLED_AS } from '../../base/called-as.ts';

/** What to try where nothing answers at the broker's address. */
export const BROKER_UNREACHABLE = `${CALLED_AS} status shows whether the broker is running and whether each host answers`;

/** The advice for a connection that failed, from the error text of the client program or the system. */
export function connectionAdvice(errorText: string): { readonly advice?: string } {
  const isUnreachable = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|refused$|No route|timed out|unreachable/i;
  return isUnreachable.test(errorText) ? { advice: BROKER_UNREACHABLE } : {};
}
