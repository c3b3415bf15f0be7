import { acl } from './acl.ts';
import { auth } from './auth.ts';
import { install } from './install.ts';
import { installState } from './install-state.ts';
import { interop } from './interop.ts';
import { keepalive } from './keepalive.ts';
import { keepaliveLimit } from './keepalive-limit.ts';
import { qos } from './qos.ts';
import { qosExactlyOnce } from './qos-exactly-once.ts';
import { qosMatrix } from './qos-matrix.ts';
import { restart } from './restart.ts';
import { retained } from './retained.ts';
import { session } from './session.ts';
import { declareChecks } from './support/declare.ts';
import { will } from './will.ts';

// One process for all: each would cost a start of its own, and on two cores that is longer than the checks take. The keep alives and the wills
// come first, since keep-alive expiry decides how long the run is.
await declareChecks('all.ts', {
  keepalive,
  will,
  install,
  installState,
  keepaliveLimit,
  qos,
  session,
  retained,
  qosMatrix,
  qosExactlyOnce,
  auth,
  acl,
  interop,
  restart,
});
