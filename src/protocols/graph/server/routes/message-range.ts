import { badRequest } from '../../errors.ts';
import { type Filter, propertiesOf } from '../../odata.ts';
import type { MessageRange } from '../backend.ts';
import { filterOption, orderOption, type Query, skipToken } from '../query.ts';

/** Unix ms, exclusive. */
export interface Bounds {
  readonly after?: number;
  readonly before?: number;
}

const supported: Readonly<Record<string, readonly string[]>> = {
  lastModifiedDateTime: ['gt', 'lt'],
  createdDateTime: ['lt'],
};

/**
 * Which messages a list asks for. A filter counts only beside an `$orderby` of the same property, and is
 * silently ignored otherwise, as Graph does.
 */
export function messageRange(query: Query, limit: number): MessageRange {
  const order = orderOption(query);
  if (order && !(order.property in supported)) {
    throw badRequest(`Ordering by '${order.property}' is not supported for chat messages.`);
  }
  if (order && !order.descending) {
    throw badRequest("Ascending order is not supported for chat messages: use 'desc'.");
  }
  const filter = filterOption(query);
  const counts =
    filter !== undefined &&
    order !== undefined &&
    propertiesOf(filter).every((name) => name === order.property);
  return {
    by: order?.property === 'createdDateTime' ? 'created' : 'modified',
    ...continued(counts ? bounds(filter) : {}, query),
    limit,
  };
}

/** The bounds that a conjunction of date comparisons sets. @throws {GraphError} 400 for any other filter */
export function bounds(filter: Filter): Bounds {
  if (filter.kind === 'and') return intersection(bounds(filter.left), bounds(filter.right));
  if (filter.kind !== 'compare')
    throw badRequest('$filter of chat messages takes date comparisons joined by and.');
  const { property, operator, value } = filter;
  if (!supported[property]?.includes(operator)) {
    throw badRequest(`$filter of chat messages does not support '${property} ${operator}'.`);
  }
  if (typeof value !== 'object' || value === null)
    throw badRequest(`'${property}' must be compared with a date.`);
  return operator === 'gt' ? { after: value.at } : { before: value.at };
}

function intersection(a: Bounds, b: Bounds): Bounds {
  const after = Math.max(a.after ?? -Infinity, b.after ?? -Infinity);
  const before = Math.min(a.before ?? Infinity, b.before ?? Infinity);
  return {
    ...(after !== -Infinity && { after }),
    ...(before !== Infinity && { before }),
  };
}

function continued(given: Bounds, query: Query): Bounds {
  const token = skipToken(query);
  if (token === undefined) return given;
  if (!/^\d{1,16}$/.test(token)) throw badRequest('Invalid $skiptoken');
  return intersection(given, { before: Number(token) });
}
