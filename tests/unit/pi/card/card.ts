import test from 'ava';
import { parse } from 'yaml';
import { Secret } from '../../../../base/secret.ts';
import { piOfCard, renderCard } from '../../../../pi/card/card.ts';
import { CARD } from './_card.ts';

test('a changed card is a new instance for cloud-init, and the same card is not', (t) => {
  const id = (card: typeof CARD) => parse(renderCard(card, undefined)['meta-data'])['instance-id'];
  t.regex(id(CARD), /^mqtt-lab-hall-[0-9a-f]{12}$/);
  const withPassword = () => ({ ...CARD, password: new Secret('correct horse') });
  t.is(id(withPassword()), id(withPassword()));
  t.not(id(withPassword()), id({ ...CARD, password: new Secret('battery staple') }));
  t.not(id(CARD), id({ ...CARD, user: 'pi' }));
});

test('recognises its own files among others', (t) => {
  for (const text of Object.values(renderCard(CARD, undefined))) t.is(piOfCard(text), 'hall');
  for (const text of ['#cloud-config\n\n# This is the user-data file', 'network:\n', ''])
    t.is(piOfCard(text), undefined);
});
