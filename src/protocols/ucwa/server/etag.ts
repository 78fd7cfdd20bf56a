import { createHash } from 'node:crypto';
import { UcwaError } from '../errors.ts';

/** A decimal string, as the etags of a pool are. */
export function etagOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest().readUInt32BE(0).toString();
}

/**
 * Checks the `If-Match` header of a PUT.
 *
 * @throws {UcwaError} PreconditionRequired without, PreconditionFailed with another one.
 */
export function requireEtag(header: string | undefined, current: string | undefined): void {
  if (header === undefined) {
    throw new UcwaError('PreconditionRequired', undefined, 'If-Match is required.');
  }
  if (!namesEtag(header, current)) {
    throw new UcwaError('PreconditionFailed', undefined, 'The resource has changed.');
  }
}

/** Whether an `If-Match` or `If-None-Match` header names this etag. */
export function namesEtag(header: string, etag: string | undefined): boolean {
  return header
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, '').replace(/^"|"$/g, ''))
    .some((tag) => tag === '*' || tag === etag);
}
