/** A user of a tenant's directory, as far as the gateway needs one. */
export interface DirectoryUser {
  /** The Entra object id, lower case. */
  readonly objectId: string;
  /** As written there. */
  readonly upn: string;
  readonly displayName: string;
  /** Whether anybody can sign in to the account. */
  readonly isEnabled: boolean;
  /** Of another organisation. */
  readonly isGuest: boolean;
  /** The `SIP:` and `sip:` entries of the proxy addresses, as written there. */
  readonly sipAddresses: readonly string[];
  /** `extensionAttribute1` to `extensionAttribute15`, those that hold something. */
  readonly extensions: Readonly<Record<string, string>>;
}

/** What the tenant says of somebody contradicts itself or others; told by name, and never resolved by guessing. */
export interface PersonConflict {
  readonly person: string;
  /** A field of the people file, or undefined for the person as a whole. */
  readonly field: string | undefined;
  /** Follows the field's name in a sentence. */
  readonly because: string;
}

/** `bob@contoso.example, sip: is …`. */
export function describeConflict({ person, field, because }: PersonConflict): string {
  return field === undefined ? `${person}: ${because}` : `${person}, ${field}: ${because}`;
}
