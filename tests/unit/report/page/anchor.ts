import test from 'ava';
import { anchorOf, hrefOf } from '../../../../report/page/anchor.ts';

for (const [id, anchor, href] of [
  ['will.fin.publisher.status.v5', 'check-will.fin.publisher.status.v5', '#check-will.fin.publisher.status.v5'],
  ['acl.sys.a%20b.v5', 'check-acl.sys.a%20b.v5', '#check-acl.sys.a%2520b.v5'],
  ['acl.sys.a b.v5', 'check-acl.sys.a~20.b.v5', '#check-acl.sys.a~20.b.v5'],
  ['acl.sys.a~20.b.v5', 'check-acl.sys.a~7e.20.b.v5', '#check-acl.sys.a~7e.20.b.v5'],
  ['acl.sys.<b>\u202e.v5', 'check-acl.sys.<b>~202e..v5', '#check-acl.sys.%3Cb%3E~202e..v5'],
] as const) {
  test(`links ${id} to ${href}`, (t) => {
    t.is(anchorOf(id), anchor);
    t.is(hrefOf(id), href);
    t.notRegex(anchorOf(id), /\s/);
  });
}
