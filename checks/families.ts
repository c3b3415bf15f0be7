import { acl } from './acl/acl.ts';
import { auth } from './auth/auth.ts';
import type { CheckFamily } from './harness/check-family.ts';
import { install } from './install/install.ts';
import { installState } from './install/state.ts';
import { interop } from './interop/interop.ts';
import { keepalive } from './keepalive/keepalive.ts';
import { keepaliveLimit } from './keepalive/limit.ts';
import { keepaliveTraffic } from './keepalive/traffic/traffic.ts';
import { qosExactlyOnce } from './qos/exactly-once.ts';
import { qosMatrix } from './qos/matrix.ts';
import { qosMeasured } from './qos/measured/measured.ts';
import { qosPayload } from './qos/payload.ts';
import { qos } from './qos/qos.ts';
import { reach } from './reach/reach.ts';
import { restart } from './restart/restart.ts';
import { retained } from './retained/retained.ts';
import { session } from './session/session.ts';
import { tls } from './tls/tls.ts';
import { will } from './will/will.ts';

/** Every family of checks. After `reach`, those that wait for a keep-alive expiry come first, since they decide how long a run takes. */
export const families: Readonly<Record<string, CheckFamily>> = {
  reach,
  keepalive,
  keepaliveTraffic,
  will,
  install,
  installState,
  tls,
  keepaliveLimit,
  qos,
  session,
  retained,
  qosMatrix,
  qosPayload,
  qosExactlyOnce,
  qosMeasured,
  auth,
  acl,
  interop,
  restart,
};
