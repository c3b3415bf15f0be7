import test from 'ava';
import { parse } from 'yaml';
import { isOfCard, renderCard } from '../../../../pi/card/card.ts';
import { CARD } from './_card.ts';

test('a changed card is a new instance for cloud-init, and the same card is not', (t) => {
  const id = (card: typeof CARD) => parse(renderCard(card, undefined)['meta-data'])['instance-id'];
  t.regex(id(CARD), /^mqtt-lab-hall-[0-9a-f]{12}$/);
  t.is(id(CARD), id({ ...CARD }));
  t.not(id(CARD), id({ ...CARD, user: 'pi' }));
});

test('recognises its own files among others', (t) => {
  for (const text of Object.values(renderCard(CARD, undefined))) t.true(isOfCard(text));
  for (const text of ['#cloud-config\n\n# This is the user-data file', 'network:\n', '']) t.false(isOfCard(text));
});
