/** The part of OData's `$filter` that Graph's chats, users and presences take. */
export type Filter =
  | {
      readonly kind: 'compare';
      readonly property: string;
      readonly operator: Operator;
      readonly value: Literal;
    }
  | { readonly kind: 'in'; readonly property: string; readonly values: readonly Literal[] }
  | { readonly kind: 'startsWith'; readonly property: string; readonly prefix: string }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly operand: Filter };

export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** Dates are told from strings by their missing quotes; `at` is Unix ms. */
export type Literal = string | number | boolean | null | { readonly at: number };

export class FilterSyntaxError extends Error {
  override name = 'FilterSyntaxError';
}

/** A string literal: quotes inside are doubled. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const maxDepth = 64;
const token =
  /\s*(?:(?<string>'(?:[^']|'')*')|(?<date>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_@][\w./]*)|(?<mark>[(),]))/y;

interface Token {
  readonly kind: 'string' | 'date' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const groups = token.exec(text)?.groups;
    if (groups === undefined) throw new FilterSyntaxError(`Syntax error at position ${at}`);
    for (const kind of ['string', 'date', 'number', 'word', 'mark'] as const) {
      const found = groups[kind];
      if (found !== undefined) tokens.push({ kind, text: found });
    }
  }
  return tokens;
}

/** @throws {FilterSyntaxError} for whatever is not such a filter */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let next = 0;
  let depth = 0;

  const peek = (): Token => tokens[next] ?? { kind: 'end', text: '' };
  const take = (): Token => {
    const taken = peek();
    next += 1;
    return taken;
  };
  const expect = (mark: string): void => {
    const found = take();
    if (found.text !== mark) throw new FilterSyntaxError(`'${mark}' expected, '${found.text}' found`);
  };
  const isWord = (word: string): boolean => peek().kind === 'word' && peek().text.toLowerCase() === word;

  function chain(word: 'and' | 'or', operand: () => Filter): Filter {
    let left = operand();
    while (isWord(word)) {
      take();
      left = { kind: word, left, right: operand() };
    }
    return left;
  }
  const either = (): Filter => chain('or', () => chain('and', unary));

  function unary(): Filter {
    depth += 1;
    if (depth > maxDepth) throw new FilterSyntaxError('The filter is nested too deeply');
    try {
      if (isWord('not')) {
        take();
        return { kind: 'not', operand: unary() };
      }
      if (peek().text === '(' && peek().kind === 'mark') {
        take();
        const inner = either();
        expect(')');
        return inner;
      }
      return condition();
    } finally {
      depth -= 1;
    }
  }

  function condition(): Filter {
    const name = take();
    if (name.kind !== 'word') throw new FilterSyntaxError(`A property expected, '${name.text}' found`);
    if (name.text.toLowerCase() === 'startswith') return startsWith();
    const operator = take();
    if (operator.kind === 'word' && operator.text.toLowerCase() === 'in') {
      return { kind: 'in', property: name.text, values: list() };
    }
    if (operator.kind !== 'word' || !isOperator(operator.text)) {
      throw new FilterSyntaxError(`An operator expected after '${name.text}', '${operator.text}' found`);
    }
    return { kind: 'compare', property: name.text, operator: operator.text, value: literal() };
  }

  function startsWith(): Filter {
    expect('(');
    const property = take();
    if (property.kind !== 'word') throw new FilterSyntaxError('startswith needs a property');
    expect(',');
    const prefix = literal();
    if (typeof prefix !== 'string') throw new FilterSyntaxError('startswith needs a string');
    expect(')');
    return { kind: 'startsWith', property: property.text, prefix };
  }

  function list(): Literal[] {
    expect('(');
    const values = [literal()];
    while (peek().text === ',') {
      take();
      values.push(literal());
    }
    expect(')');
    return values;
  }

  function literal(): Literal {
    const { kind, text: raw } = take();
    switch (kind) {
      case 'string':
        return raw.slice(1, -1).replaceAll("''", "'");
      case 'number':
        return Number(raw);
      case 'date': {
        const at = Date.parse(raw);
        if (Number.isNaN(at)) throw new FilterSyntaxError(`'${raw}' is not a date`);
        return { at };
      }
      case 'word':
        if (raw in words) return words[raw] ?? null;
        throw new FilterSyntaxError(`A value expected, '${raw}' found`);
      case 'mark':
      case 'end':
        throw new FilterSyntaxError(`A value expected, '${raw}' found`);
    }
  }

  const filter = either();
  if (peek().kind !== 'end') throw new FilterSyntaxError(`Unexpected '${peek().text}'`);
  return filter;
}

const words: Readonly<Record<string, boolean | null>> = Object.assign(Object.create(null), {
  true: true,
  false: false,
  null: null,
});

function isOperator(text: string): text is Operator {
  return /^(?:eq|ne|gt|ge|lt|le)$/.test(text);
}

/** Whether a resource passes. Text is compared without regard to case, as Graph's directory does. */
export function matches(filter: Filter, property: (name: string) => unknown): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(filter.left, property) && matches(filter.right, property);
    case 'or':
      return matches(filter.left, property) || matches(filter.right, property);
    case 'not':
      return !matches(filter.operand, property);
    case 'startsWith': {
      const value = property(filter.property);
      return typeof value === 'string' && fold(value).startsWith(fold(filter.prefix));
    }
    case 'in':
      return filter.values.some((value) => compare(property(filter.property), value) === 0);
    case 'compare': {
      const order = compare(property(filter.property), filter.value);
      if (order === undefined) return filter.operator === 'ne';
      return holds[filter.operator](order);
    }
  }
}

const holds: Readonly<Record<Operator, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/** Undefined: the two cannot be compared. */
function compare(value: unknown, literal: Literal): number | undefined {
  if (literal === null || value === null || value === undefined) {
    return literal === null && (value === null || value === undefined) ? 0 : undefined;
  }
  if (typeof literal === 'object') {
    const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? undefined : at - literal.at;
  }
  if (typeof value !== typeof literal) return undefined;
  const [a, b] = [fold(value), fold(literal)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function fold<T>(value: T): T | string {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Every property that a filter names. */
export function propertiesOf(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...propertiesOf(filter.left), ...propertiesOf(filter.right)];
    case 'not':
      return propertiesOf(filter.operand);
    case 'compare':
    case 'in':
    case 'startsWith':
      return [filter.property];
  }
}

/** The texts that `property in ('…', '…')` or `property eq '…'` names; undefined for any other filter. */
export function namedValues(filter: Filter, property: string): readonly string[] | undefined {
  const values =
    filter.kind === 'in'
      ? filter.values
      : filter.kind === 'compare' && filter.operator === 'eq'
        ? [filter.value]
        : undefined;
  if (values === undefined || propertiesOf(filter)[0] !== property) return undefined;
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length === values.length ? texts : undefined;
}
