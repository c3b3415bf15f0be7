import { qosExactlyOnce } from '../../checks/qos/exactly-once.ts';
import { qosMatrix } from '../../checks/qos/matrix.ts';
import { qosMeasured } from '../../checks/qos/measured/measured.ts';
import { qosPayload } from '../../checks/qos/payload.ts';
import { qos } from '../../checks/qos/qos.ts';
import { declareChecks } from './_declare.ts';

await declareChecks({ qos, qosExactlyOnce, qosMatrix, qosMeasured, qosPayload });
