/** Time as an argument, Unix ms. */
export interface Clock {
  now(): number;
}
