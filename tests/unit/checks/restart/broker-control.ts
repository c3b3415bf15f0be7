import test from 'ava';
import { restartScript } from '../../../../checks/restart/broker-control.ts';

test('a broker is ended and started in one script that outlives its connection', (t) => {
  t.regex(restartScript('stop'), /^trap : HUP INT TERM PIPE\n[\s\S]*kill -s TERM "\$old"[\s\S]*-d -c/);
  t.regex(restartScript('crash'), /kill -s KILL "\$old"[\s\S]*-d -c/);
});
