import fc from 'fast-check';

const surrogates = { from: 0xd800, count: 0x800 };
const codePoints = 0x11_0000 - surrogates.count;

/**
 * Every code point but the halves of surrogate pairs, for `fc.string({ unit: codePoint })`. The same characters as
 * `unit: 'binary'` of fast-check, which first lists all of them: more than a second of processor time in each process.
 */
export const codePoint: fc.Arbitrary<string> = fc.nat({ max: codePoints - 1 }).map(
  (index) => String.fromCodePoint(index < surrogates.from ? index : index + surrogates.count),
  (character) => {
    const code = typeof character === 'string' ? character.codePointAt(0) : undefined;
    if (code === undefined || character !== String.fromCodePoint(code)) throw new Error('not one character');
    return code < surrogates.from ? code : code - surrogates.count;
  },
);

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@".split('');
const escaped = codePoint.map((character) => {
  const encoded = encodeURIComponent(character);
  return encoded === character ? `%${character.charCodeAt(0).toString(16)}` : encoded;
});
const pathCharacter = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...plain) }, escaped);
const queryCharacter = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...plain, '/', '?') }, escaped);

/** The path of a web address (RFC 3986, section 3.3), empty or from `/` on; as `fc.webPath()`, without its lists. */
export function webPath(): fc.Arbitrary<string> {
  return fc
    .array(fc.string({ unit: pathCharacter, size: 'xsmall' }))
    .map((segments) => segments.map((segment) => `/${segment}`).join(''));
}

/** The address of a web page, with a query or without; as `fc.webUrl({ withQueryParameters: true })`, without its lists. */
export function webUrl(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('http', 'https'),
      fc.webAuthority(),
      webPath(),
      fc.option(fc.string({ unit: queryCharacter })),
    )
    .map(
      ([scheme, authority, path, query]) =>
        `${scheme}://${authority}${path}${query === null ? '' : `?${query}`}`,
    );
}
