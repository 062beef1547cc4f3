/** Messages and services as protobuf.js keeps them in JSON, as far as it is read here. */
export interface ProtoNode {
  readonly nested?: Readonly<Record<string, ProtoNode>>;
  readonly fields?: Readonly<Record<string, Typed>>;
  readonly methods?: Readonly<Record<string, Method>>;
  readonly options?: Options;
  readonly [more: string]: unknown;
}

interface Typed {
  readonly type: string;
  readonly options?: Options;
}

interface Method {
  readonly requestType: string;
  readonly responseType: string;
  readonly options?: unknown;
}

type Options = Readonly<Record<string, unknown>>;
type Scope = readonly string[];

/**
 * The part of `root` that the services need: they, and every message that they can send or receive,
 * without options in brackets (of HTTP routes, of documentation). A client makes a class for every
 * message that it is given: for those of Firestore's administration, too.
 *
 * @throws TypeError when a service is not there.
 */
export function onlyServices(root: ProtoNode, services: readonly string[]): ProtoNode {
  const kept = new Set<string>();
  const keep = (name: Scope): void => {
    const node = at(root, name);
    if (!node) throw new TypeError(`expected ${name.join('.')} among the messages, found none`);
    if (kept.has(name.join('.'))) return;
    kept.add(name.join('.'));
    for (const [type, scope] of typesIn(node, name)) {
      const found = resolve(root, type, scope);
      if (found) keep(found);
    }
  };
  for (const service of services) keep(service.split('.'));
  return pruned(root, [], kept);
}

/** The same with what the methods say about HTTP: a client that calls over REST has its routes there. */
export function withRoutes(root: ProtoNode, services: readonly string[]): ProtoNode {
  const lean = onlyServices(root, services);
  for (const service of services) {
    const name = service.split('.');
    Object.assign(at(lean, name) ?? {}, { methods: at(root, name)?.methods });
  }
  return lean;
}

/** The types that a node names, each with the scope that its name is looked up in. */
function* typesIn(node: ProtoNode, scope: Scope): Iterable<readonly [string, Scope]> {
  for (const { requestType, responseType } of Object.values(node.methods ?? {})) {
    yield [requestType, scope];
    yield [responseType, scope];
  }
  for (const { type } of Object.values(node.fields ?? {})) yield [type, scope];
  for (const [name, one] of Object.entries(node.nested ?? {}))
    yield* typesIn(one, [...scope, name]);
}

const at = (root: ProtoNode, name: Scope): ProtoNode | undefined =>
  name.reduce<ProtoNode | undefined>((node, part) => node?.nested?.[part], root);

/** The outermost message that holds the type; of a number or a text there is none. */
function resolve(root: ProtoNode, type: string, scope: Scope): Scope | undefined {
  const parts = type.replace(/^\./, '').split('.');
  for (let depth = type.startsWith('.') ? 0 : scope.length; depth >= 0; depth--) {
    const name = [...scope.slice(0, depth), ...parts];
    if (at(root, name)) return outermost(root, name);
  }
  return undefined;
}

function outermost(root: ProtoNode, name: Scope): Scope {
  const depth = name.findIndex((_, index) => {
    const node = at(root, name.slice(0, index + 1));
    return node?.fields !== undefined || node?.['values'] !== undefined;
  });
  return name.slice(0, depth + 1);
}

function pruned(node: ProtoNode, name: Scope, kept: ReadonlySet<string>): ProtoNode {
  const nested = Object.entries(node.nested ?? {}).flatMap(([part, one]) => {
    const path = [...name, part];
    if (kept.has(path.join('.'))) return [[part, plain(one)] as const];
    const rest = one.fields ? {} : pruned(one, path, kept);
    return rest.nested ? [[part, rest] as const] : [];
  });
  return nested.length > 0 ? { nested: Object.fromEntries(nested) } : {};
}

/** Without the options in brackets, here and below. */
function plain<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !key.startsWith('(') && key !== 'parsedOptions')
    .map(([key, one]) => [key, plain(one)]);
  // What was left out are entries that nobody reads.
  return Object.fromEntries(entries) as T;
}
