import { domainToUnicode } from 'node:url';
import type { Brand } from '../ids.ts';

/** `bob@contoso.example`, lower case, the domain in ASCII (punycode) and without a dot at the end. */
export type Address = Brand<'Address'>;

export type AddressReading =
  | { readonly kind: 'address'; readonly address: Address; readonly domain: string }
  | { readonly kind: 'malformed'; readonly because: string };

// RFC 5322 `atext` and dots; what is allowed beyond it (quotes, comments) no network uses in a sign-in name.
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const domainLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** Reads a sign-in name or the address of a SIP URI without its scheme. */
export function readAddress(text: string): AddressReading {
  const at = text.lastIndexOf('@');
  if (at < 1) return { kind: 'malformed', because: 'is no address: it needs a name, an @ and a domain' };
  const local = text.slice(0, at);
  if (local.length > 64 || !localPart.test(local))
    return { kind: 'malformed', because: 'has a malformed name before the @' };
  const written = text.slice(at + 1);
  // Those that a domain name is read without, so that it would pass for another one than it looks.
  if (/[\p{C}\p{Z}]/u.test(written))
    return { kind: 'malformed', because: 'has a character in its domain that is not seen: type it anew' };
  if (written.endsWith('.'))
    return { kind: 'malformed', because: `has a dot at the end of its domain: write ${text.slice(0, -1)}` };
  const domain = asciiDomain(written);
  if (domain === undefined) return { kind: 'malformed', because: 'has a malformed domain after the @' };
  return { kind: 'address', address: `${local.toLowerCase()}@${domain}` as Address, domain };
}

/** A domain in lower-case ASCII, as DNS knows it; undefined when it is none. */
export function asciiDomain(domain: string): string | undefined {
  if (domain.length > 253 || /[\s/\\@:%#?[\]]/.test(domain)) return undefined;
  // The letters that a domain in use is written in need no parser.
  const ascii = /^[a-z0-9.-]+$/.test(domain) ? domain : URL.parse(`http://${domain}/`)?.hostname;
  if (ascii === undefined) return undefined;
  const labels = ascii.split('.');
  const isName = labels.length > 1 && labels.every((label) => domainLabel.test(label));
  return isName && !/^\d+$/.test(labels.at(-1) ?? '') ? ascii : undefined;
}

// Letters of other scripts that are drawn like a Latin one.
const drawnLike: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    ӏ: 'l',
    о: 'o',
    р: 'p',
    ԛ: 'q',
    ѕ: 's',
    у: 'y',
    ѵ: 'v',
    ԝ: 'w',
    х: 'x',
    α: 'a',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ı: 'i',
    ɡ: 'g',
    ɩ: 'i',
    օ: 'o',
    ո: 'n',
    ս: 'u',
    հ: 'h',
    զ: 'q',
    ց: 'g',
  }),
);

/** A domain with every letter replaced by the Latin one it is drawn like; equal skeletons look the same. */
export function skeletonOf(domain: string): string {
  const shown = domain.includes('xn--') ? domainToUnicode(domain) : domain;
  return shown
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\P{ASCII}/gu, (letter) => drawnLike.get(letter) ?? letter);
}
