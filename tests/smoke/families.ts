import { acl } from './acl.ts';
import { auth } from './auth.ts';
import { installState } from './install/state.ts';
import { install } from './install.ts';
import { interop } from './interop.ts';
import { keepaliveLimit } from './keepalive/limit.ts';
import { keepaliveTraffic } from './keepalive/traffic.ts';
import { keepalive } from './keepalive.ts';
import { qosExactlyOnce } from './qos/exactly-once.ts';
import { qosMatrix } from './qos/matrix.ts';
import { qosMeasured } from './qos/measured.ts';
import { qos } from './qos.ts';
import { restart } from './restart.ts';
import { retained } from './retained.ts';
import type { Plan } from './run/declare.ts';
import { session } from './session.ts';
import { will } from './will.ts';

/** Every plan of checks. The keep alives and the wills come first, since keep-alive expiry decides how long a run is. */
export const families: Readonly<Record<string, Plan>> = {
  keepalive,
  keepaliveTraffic,
  will,
  install,
  installState,
  keepaliveLimit,
  qos,
  session,
  retained,
  qosMatrix,
  qosExactlyOnce,
  qosMeasured,
  auth,
  acl,
  interop,
  restart,
};
