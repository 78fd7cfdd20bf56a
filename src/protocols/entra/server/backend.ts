/** What the sign-in server asks about tenants, users and applications. It keeps none of them itself. */
export interface SignInBackend {
  /** By id or domain, in any letter case. */
  tenant(idOrDomain: string): SignInTenant | undefined;
  /** By sign-in name, in any letter case, in every tenant. */
  userByName(name: string): SignInUser | undefined;
  userById(tenantId: string, objectId: string): SignInUser | undefined;
  /** Compares in constant time. */
  checkPassword(user: SignInUser, password: string): Promise<boolean>;
  app(clientId: string): SignInApp | undefined;
}

export interface SignInTenant {
  readonly id: string;
  readonly domain: string;
}

export interface SignInUser {
  readonly objectId: string;
  readonly tenantId: string;
  readonly upn: string;
  readonly displayName: string;
  /** Unix ms; refresh tokens from before are refused (a changed password, "sign out everywhere"). */
  readonly tokensValidFrom?: number;
  readonly disabled?: boolean;
}

export interface SignInApp {
  readonly clientId: string;
  readonly displayName: string;
  /** A public client has neither; a confidential one proves itself by one of them. */
  readonly secrets: readonly string[];
  /** PEM certificates whose private keys sign client assertions. */
  readonly certificates: readonly string[];
  /** Application permissions that the tenants' administrators consented to. */
  readonly roles: readonly string[];
  /** What `.default` means in a user's sign-in. */
  readonly defaultScopes: readonly string[];
  /** Exact, but for loopback, where any port does; a `*` at the end stands for any rest of the path. */
  readonly redirectUris: readonly string[];
}
