import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isWithin, mayFollow } from './trust.ts';

describe('where a redirect may lead', () => {
  const rows: readonly [string, string, boolean][] = [
    ['https://lyncdiscover.contoso.example/', 'https://pool.elsewhere.example/', true],
    ['https://lyncdiscover.contoso.example/', 'http://lyncdiscover.contoso.example/', false],
    ['http://lyncdiscover.contoso.example/', 'https://lyncdiscover.contoso.example/', true],
    ['http://lyncdiscover.contoso.example/', 'https://web.contoso.example/', true],
    ['http://lyncdiscover.contoso.example/', 'http://web.contoso.example/', false],
    ['http://lyncdiscover.contoso.example/', 'https://web.evil.example/', false],
    ['http://lyncdiscover.contoso.example/', 'https://notcontoso.example/', false],
    ['https://lyncdiscover.contoso.example/', 'file:///etc/passwd', false],
    ['http://127.0.0.1:7082/', 'http://127.0.0.1:7083/', true],
  ];
  for (const [from, to, allowed] of rows) {
    it(`${allowed ? 'follows' : 'does not follow'} ${from} to ${to}`, () => {
      assert.equal(mayFollow(new URL(from), new URL(to), ['contoso.example']), allowed);
    });
  }

  it('counts a host as within a domain only at a dot', () => {
    fc.assert(
      fc.property(fc.domain(), fc.stringMatching(/^[a-z]{1,8}$/), (domain, label) => {
        assert.ok(isWithin(`${label}.${domain}`, domain));
        assert.ok(!isWithin(`${label}${domain}`, domain));
      }),
    );
  });
});
