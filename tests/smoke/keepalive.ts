import { keepalive } from '../../checks/keepalive/keepalive.ts';
import { keepaliveLimit } from '../../checks/keepalive/limit.ts';
import { keepaliveTraffic } from '../../checks/keepalive/traffic/traffic.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ keepalive, keepaliveLimit, keepaliveTraffic });
