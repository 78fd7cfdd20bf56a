/**
 * Parses MESSAGE requests as a pool receives them, on one core. Prints one JSON object; rates are medians over rounds,
 * in messages a second. `parse` reads start line and headers, `read` checks every header that an element acts upon
 * besides, `stream` does the latter out of a byte stream in chunks of 64 KiB. `PerSecond` is by the clock, `PerCpuSecond`
 * by the processor time used, collecting garbage included: the number to compare where the machine is shared.
 *
 *     node_modules/.bin/node bench/sip-parse.ts [rounds] [milliseconds a round]
 */
import { parseMessage } from '../src/protocols/sip/parse.ts';
import { readMessage } from '../src/protocols/sip/read.ts';
import { SipStream } from '../src/protocols/sip/stream.ts';

const rounds = Number(process.argv[2] ?? 9);
const roundMs = Number(process.argv[3] ?? 400);

function messageRequest(n: number): Buffer {
  const body = `Hello Bob, this is text number ${n} of the conversation.`;
  return Buffer.from(
    [
      'MESSAGE sip:bob@contoso.example;opaque=user:epid:Cw7aVQSiUlqsXqNvL2pTzQAA;gruu SIP/2.0',
      `Via: SIP/2.0/TLS 10.1.2.3:50123;branch=z9hG4bK7F2A${n.toString(16)}.55D;branched=FALSE;ms-internal-info="abQ${n}"`,
      `Via: SIP/2.0/TLS 10.1.7.${n % 250}:49822;ms-received-port=49822;ms-received-cid=2A00`,
      'Max-Forwards: 69',
      `From: "Alice Adams" <sip:alice@contoso.example>;tag=8f1c3e${n};epid=b6fcd26f5192`,
      `To: "Bob Brown" <sip:bob@contoso.example>;tag=77b1${n};epid=01010101`,
      `Call-ID: 0f6c63e8ab4b4d1b${n}`,
      `CSeq: ${(n % 1000) + 2} MESSAGE`,
      'Record-Route: <sip:pool.contoso.example:5061;transport=tls;lr>;tag=5A2B',
      'Contact: <sip:alice@contoso.example;opaque=user:epid:RmVwL2pTzQAACw7aVQSiUlqs;gruu>',
      'User-Agent: UCCAPI/16.0.12527.20194 OC/16.0.12527.20194 (Skype for Business)',
      'Supported: ms-dialog-route-set-update',
      'Content-Type: text/plain; charset=UTF-8;msgr=WAAtAE0ATQBTAC0ASQBNAC0ARgBvAHIAbQBhAHQA',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

const messages = Array.from({ length: 512 }, (_, n) => messageRequest(n));

const all = Buffer.concat(messages);
const chunks = Array.from({ length: Math.ceil(all.length / 65_536) }, (_, n) =>
  all.subarray(n * 65_536, (n + 1) * 65_536),
);
const stream = new SipStream({ opened: 'there' });

interface Rate {
  readonly wall: number;
  readonly cpu: number;
}

function oneRound(run: () => number): Rate {
  const cpuStart = process.cpuUsage();
  const start = process.hrtime.bigint();
  let done = 0;
  let elapsed = 0;
  while (elapsed < roundMs) {
    done += run();
    elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  }
  const { user, system } = process.cpuUsage(cpuStart);
  return { wall: (done * 1000) / elapsed, cpu: (done * 1e6) / (user + system) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

function each(read: (bytes: Buffer) => { kind: string }): () => number {
  return () => {
    for (const bytes of messages)
      if (read(bytes).kind !== 'message') throw new Error('a message was refused');
    return messages.length;
  };
}

const ways: Readonly<Record<string, () => number>> = {
  parse: each((bytes) => parseMessage(bytes)),
  read: each((bytes) => readMessage(bytes)),
  stream: () => {
    let taken = 0;
    for (const chunk of chunks) {
      stream.push(chunk);
      while (stream.next().kind === 'message') taken++;
    }
    return taken;
  },
};

const rates: Readonly<Record<string, Rate[]>> = { parse: [], read: [], stream: [] };
for (const run of Object.values(ways)) oneRound(run);
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(ways)) rates[name]?.push(oneRound(run));
}

console.log(
  JSON.stringify({
    sipParse: {
      bytesPerMessage: Math.round(messages.reduce((sum, bytes) => sum + bytes.length, 0) / messages.length),
      rounds,
      ...Object.fromEntries(
        Object.entries(rates).flatMap(([name, values]) => [
          [`${name}PerSecond`, median(values.map(({ wall }) => wall))],
          [`${name}PerCpuSecond`, median(values.map(({ cpu }) => cpu))],
        ]),
      ),
    },
  }),
);
