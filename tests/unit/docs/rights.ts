import test from 'ava';
import { renderAcl } from '../../../mosquitto/acl.ts';
import { labOf } from '../_lab.ts';
import { blocks } from './_documents.ts';

test('the example of rights on topic filters is rendered as docs/lab-file.md shows', (t) => {
  const example = blocks('docs/lab-file.md', 'yaml').find((text) => text.includes('%u'));
  const acl = blocks('docs/lab-file.md', 'text').find((text) => text.startsWith('# mqtt-lab'));
  t.is(renderAcl(labOf(example ?? '')), acl ?? '');
});
