import test from 'ava';
import { restartScript } from '../../../../checks/restart/broker-control.ts';

test('ends and starts the broker in one script that outlives its connection', (t) => {
  t.regex(
    restartScript('stop'),
    /^trap : HUP INT TERM PIPE\n[\s\S]*end=stop\n[\s\S]*kill -s TERM "\$old"[\s\S]*act=start/,
  );
  t.regex(restartScript('crash'), /end=crash\n[\s\S]*kill -s KILL "\$old"[\s\S]*act=start/);
});
