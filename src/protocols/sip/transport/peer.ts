import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Peer, PeerCertificate } from './options.ts';

/** Who is at the other end of an open socket. */
export function peerOf(socket: Socket): Peer {
  return {
    address: socket.remoteAddress ?? '',
    port: socket.remotePort ?? 0,
    security:
      socket instanceof TLSSocket ? { kind: 'tls', certificate: certificateOf(socket) } : { kind: 'none' },
  };
}

function certificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || !socket.authorized) return undefined;
  const names = [...(certificate.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([^,\s"]+)/g)].map(
    ([, name]) => name ?? '',
  );
  const common = /(?:^|\n)CN=([^\n]+)/.exec(certificate.subject)?.[1];
  const all = names.length > 0 || common === undefined ? names : [common];
  return { names: all.map((name) => name.toLowerCase()), fingerprint: certificate.fingerprint256 };
}
