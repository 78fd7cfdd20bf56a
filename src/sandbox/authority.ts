import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as x509 from '@peculiar/x509';
import type { Clock } from './clock.ts';

/** A private key and its certificate, both PEM; for a server the certificate is followed by its issuer's. */
export interface IssuedCertificate {
  readonly key: string;
  readonly cert: string;
}

/** The sandbox's own certificate authority: whoever trusts `caPem` trusts every server of the sandbox. */
export interface Authority {
  readonly caPem: string;
  /** Where `caPem` lies, for `NODE_EXTRA_CA_CERTS` and other clients that take a file. */
  readonly caFile: string;
  /** For the names given (DNS names and IP addresses); default `localhost`, `127.0.0.1` and `::1`. */
  issueServer(names?: readonly string[]): Promise<IssuedCertificate>;
  /**
   * For a client that proves itself by certificate; `commonName` is what the server sees as its subject, and as its
   * alternative name too if it is the name of a host.
   */
  issueClient(commonName: string): Promise<IssuedCertificate>;
}

const day = 24 * 60 * 60 * 1000;
const authorityLifeMs = 3650 * day;
/** Longest life that clients accept of a server certificate. */
const leafLifeMs = 397 * day;
/** The authority is replaced when it could not outlive a certificate issued now. */
const renewBeforeMs = leafLifeMs + day;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const localNames = ['localhost', '127.0.0.1', '::1'];

x509.cryptoProvider.set(webcrypto as Crypto);

/** Reads the authority kept in `folder` (`ca.pem`, `ca-key.pem`), or makes one there. */
export async function openAuthority(folder: string, clock: Pick<Clock, 'now'>): Promise<Authority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const caFile = join(folder, 'ca.pem');
  const keyFile = join(folder, 'ca-key.pem');
  const authority =
    (await load(caFile, keyFile, clock)) ??
    (await alone(join(folder, 'ca.lock'), async () => {
      const madeMeanwhile = await load(caFile, keyFile, clock);
      return madeMeanwhile ?? create(caFile, keyFile, clock);
    }));
  const caPem = authority.certificate.toString('pem');
  return {
    caPem,
    caFile,
    async issueServer(names = localNames) {
      const leaf = await issue(authority, clock, `CN=${names[0] ?? 'localhost'}`, [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
      ]);
      return { key: leaf.key, cert: `${leaf.cert}\n${caPem}` };
    },
    issueClient(commonName) {
      return issue(authority, clock, new x509.Name([{ CN: [commonName] }]).toString(), [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        ...(isHostName(commonName)
          ? [new x509.SubjectAlternativeNameExtension([alternativeName(commonName)])]
          : []),
      ]);
    },
  };
}

/** A lock that somebody left behind by crashing is taken over after this. */
const staleLockMs = 5_000;

/** Keeps two processes that start together from making two authorities. */
async function alone<T>(lock: string, act: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + staleLockMs;
  while (!(await claimed(lock))) {
    if (performance.now() > giveUpAt) await rm(lock, { recursive: true, force: true });
    else await sleep(20);
  }
  try {
    return await act();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function claimed(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: CryptoKey;
}

async function load(caFile: string, keyFile: string, clock: Pick<Clock, 'now'>): Promise<Signer | undefined> {
  const pems = await Promise.all([readIfThere(caFile), readIfThere(keyFile)]);
  const [caPem, keyPem] = pems;
  if (caPem === undefined || keyPem === undefined) return undefined;
  const certificate = parse(caFile, () => new x509.X509Certificate(caPem));
  if (certificate.notAfter.getTime() - clock.now() < renewBeforeMs) return undefined;
  const der = parse(keyFile, () => x509.PemConverter.decodeFirst(keyPem));
  const privateKey = await webcrypto.subtle
    .importKey('pkcs8', der, algorithm, true, ['sign'])
    .catch((cause: unknown) => {
      throw new Error(
        `${keyFile} is not a private key of this authority; delete it and ca.pem to start afresh`,
        {
          cause,
        },
      );
    });
  if (!new X509Certificate(caPem).checkPrivateKey(createPrivateKey(keyPem))) {
    throw new Error(`${keyFile} does not belong to ${caFile}; delete both to start afresh`);
  }
  return { certificate, privateKey: privateKey as CryptoKey };
}

function parse<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${file} cannot be read as PEM; delete it to start afresh`, { cause });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function create(caFile: string, keyFile: string, clock: Pick<Clock, 'now'>): Promise<Signer> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Isthmus sandbox authority',
    serialNumber: serialNumber(),
    notBefore: new Date(clock.now() - day),
    notAfter: new Date(clock.now() + authorityLifeMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await replaceFile(keyFile, await privatePem(keys.privateKey), 0o600);
  await replaceFile(caFile, certificate.toString('pem'), 0o644);
  return { certificate, privateKey: keys.privateKey };
}

/** Whole or not at all, so that a crash while writing leaves the pair before. */
async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, content, { mode });
  await chmod(fresh, mode);
  await rename(fresh, file);
}

async function issue(
  authority: Signer,
  clock: Pick<Clock, 'now'>,
  subject: string,
  extensions: x509.Extension[],
): Promise<IssuedCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: authority.certificate.subject,
    serialNumber: serialNumber(),
    notBefore: new Date(clock.now() - day),
    notAfter: new Date(clock.now() + leafLifeMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
      ...extensions,
    ],
  });
  return { key: await privatePem(keys.privateKey), cert: certificate.toString('pem') };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function privatePem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** Sixteen random bytes, positive as X.509 wants it. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function isHostName(name: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name);
}

function alternativeName(name: string): x509.JsonGeneralName {
  return /^[\d.]+$|:/.test(name) ? { type: 'ip', value: name } : { type: 'dns', value: name };
}
