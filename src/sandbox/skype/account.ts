/** A person as a pool knows them. */
export interface Account {
  /** SIP address without the scheme, in lower case. */
  readonly address: string;
  readonly name: string;
  readonly domain: string;
  readonly company: string;
  /** Listed to others: in contact lists and search. Accounts of services are not. */
  readonly listed: boolean;
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
