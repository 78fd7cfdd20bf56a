import { parseDigits } from '../lexical.ts';

export const sdpType = 'application/sdp';

/** One line of SDP: `type=value`. */
export interface SdpLine {
  readonly type: string;
  readonly value: string;
}

/** A media description: its `m=` line taken apart, and the lines behind it. */
export interface SdpMedia {
  /** `audio`, `message`, `x-ms-message` … */
  readonly kind: string;
  /** 0: refused or taken away. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly lines: readonly SdpLine[];
}

export interface Sdp {
  /** Everything before the first `m=`, `v=0` included. */
  readonly session: readonly SdpLine[];
  readonly media: readonly SdpMedia[];
}

const limits = { size: 65_536, lines: 2000 };

/** `undefined` for what is no SDP (RFC 8866): it starts with `v=0`, and each line is `letter=value`. Bare LFs are taken. */
export function parseSdp(text: string): Sdp | undefined {
  if (text.length > limits.size) return undefined;
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  if (lines.length > limits.lines || lines[0] !== 'v=0') return undefined;
  const session: SdpLine[] = [];
  const media: (Omit<SdpMedia, 'lines'> & { readonly lines: SdpLine[] })[] = [];
  for (const line of lines) {
    if (!/^[a-z]=/.test(line) || line.includes('\r')) return undefined;
    const each = { type: line.charAt(0), value: line.slice(2) };
    if (each.type !== 'm') (media.at(-1)?.lines ?? session).push(each);
    else {
      const described = parseMedia(each.value);
      if (described === undefined) return undefined;
      media.push({ ...described, lines: [] });
    }
  }
  return { session, media };
}

function parseMedia(value: string): Omit<SdpMedia, 'lines'> | undefined {
  const [kind, port, protocol, ...formats] = value.split(/ +/);
  const number = parseDigits(port?.split('/')[0] ?? '', 65_535);
  return !kind || number === undefined || !protocol ? undefined : { kind, port: number, protocol, formats };
}

export function formatSdp({ session, media }: Sdp): string {
  const lines = [...session, ...media.flatMap((each) => [mediaLine(each), ...each.lines])];
  return lines.map(({ type, value }) => `${type}=${value.replace(/[\r\n]+/g, ' ')}\r\n`).join('');
}

const mediaLine = ({ kind, port, protocol, formats }: SdpMedia): SdpLine => ({
  type: 'm',
  value: [kind, port, protocol, ...formats].join(' '),
});

/** The value of `a=name:value`, `''` for a bare `a=name`. */
export function attribute(lines: readonly SdpLine[], name: string): string | undefined {
  for (const { type, value } of lines) {
    if (type !== 'a') continue;
    if (value === name) return '';
    if (value.startsWith(`${name}:`)) return value.slice(name.length + 1);
  }
  return undefined;
}

/** The instant-messaging medium of an offer or answer. COMPAT: the oldest clients call it `x-ms-message`. */
export function messageMedia(sdp: Sdp): SdpMedia | undefined {
  return sdp.media.find(({ kind }) => kind === 'message' || kind === 'x-ms-message');
}

/** `a=accept-types` in lower case; `*` takes all. Nothing said means plain text. */
export function acceptTypes(media: SdpMedia): readonly string[] {
  const value = attribute(media.lines, 'accept-types');
  return value === undefined
    ? ['text/plain']
    : value
        .toLowerCase()
        .split(/[ \t]+/)
        .filter(Boolean);
}

export interface MessageSession {
  /** An IP address, IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  readonly acceptTypes: readonly string[];
}

/** An offer or answer of an instant-messaging session, in the form that Microsoft's clients write and read. */
export function messageSession({ address, port, acceptTypes: types }: MessageSession): Sdp {
  const place = `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`;
  return {
    session: [
      { type: 'v', value: '0' },
      { type: 'o', value: `- 0 0 ${place}` },
      { type: 's', value: 'session' },
      { type: 'c', value: place },
      { type: 't', value: '0 0' },
    ],
    media: [
      {
        kind: 'message',
        port,
        protocol: 'sip',
        formats: ['null'],
        lines: [{ type: 'a', value: `accept-types:${types.join(' ')}` }],
      },
    ],
  };
}
