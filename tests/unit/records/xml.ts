import test from 'ava';
import { element, xmlText } from '../../../records/xml.ts';

/** [text; as the text of an element] */
const texts: readonly (readonly [text: string, xml: string])[] = [
  ['a < b && c > "d" \'e\'', 'a &lt; b &amp;&amp; c &gt; &quot;d&quot; &apos;e&apos;'],
  [']]>', ']]&gt;'],
  ['red \u001b[31m\u0000\u0007', 'red \\x1b[31m\\x00\\x07'],
  ['\ufffe\uffff', '\\xfffe\\xffff'],
  ['lone \ud800, \udc00; a pair 😀', 'lone \\xd800, \\xdc00; a pair 😀'],
  ['tab\tline\nreturn\r', 'tab\tline\nreturn&#13;'],
  ['\u007f\u0085 ü', '\u007f\u0085 ü'],
];

for (const [text, xml] of texts) {
  test(`escapes the text ${JSON.stringify(text)}`, (t) => {
    t.is(xmlText(text), xml);
  });
}

test('keeps the white space of an attribute, and leaves out one without a value', (t) => {
  t.is(element('a', { b: 'x\n\ty"', c: undefined, d: 0 }), '<a b="x&#10;&#9;y&quot;" d="0"/>');
  t.is(element('a', {}, '<b/>'), '<a><b/></a>');
});
