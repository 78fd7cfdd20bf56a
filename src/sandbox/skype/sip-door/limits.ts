/** What one peer may hold here. What is beyond is refused, and costs nobody else anything. */
export interface DoorLimits {
  /** Connections of one door. */
  readonly connections: number;
  /** Endpoints of one person. */
  readonly endpoints: number;
  /** Sessions and subscriptions of one connection; a trusted application has that many for each endpoint. */
  readonly dialogs: number;
  /** Requests of one connection that wait for their answer; of a trusted application, for each ten endpoints it may have. */
  readonly transactions: number;
  /** Endpoints of a trusted application on one connection. */
  readonly trustedEndpoints: number;
  /** People in one batched subscription. */
  readonly batch: number;
  /** Publications of one person. */
  readonly publications: number;
  /** Characters of a message. */
  readonly text: number;
}

export const defaultLimits: DoorLimits = {
  connections: 10_000,
  endpoints: 16,
  dialogs: 512,
  transactions: 256,
  trustedEndpoints: 50_000,
  batch: 1_000,
  publications: 128,
  text: 65_536,
};
