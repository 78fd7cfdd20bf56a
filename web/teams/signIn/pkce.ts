/** The proof that who redeems an authorization code is who asked for it (RFC 7636, method S256). */
export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export async function createPkce(random: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<Pkce> {
  const bytes = new Uint8Array(32);
  random(bytes);
  const verifier = base64Url(bytes);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: base64Url(new Uint8Array(digest)) };
}

export function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
