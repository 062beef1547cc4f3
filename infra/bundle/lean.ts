import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OnLoadResult, OnResolveArgs, Plugin } from 'esbuild';
import { edited } from './edited.ts';
import { onlyServices, type ProtoNode, withRoutes } from './only-services.ts';
import { REDIS_COMMANDS } from './redis-commands.ts';
import { withoutDescriptors } from './without-descriptors.ts';

interface Instead {
  /** What the module is, as resolved from the importer; on forward slashes. */
  readonly module: RegExp;
  /** Absent: whoever imports it. */
  readonly importer?: RegExp;
  readonly contents: string;
  /** Where it imports from; absent: it imports nothing. */
  readonly resolveDir?: string;
}

const fileOf = createRequire(import.meta.url);
/** Makes JSON of messages. */
const TO_JSON = fileOf.resolve('proto3-json-serializer/build/src/toproto3json.js');

/** The entries of a table in JSON that are used; those of them that are not there don't matter. */
function only(file: string, names: readonly string[]): string {
  // Whatever the entries are: they are passed on.
  const table = fileOf(file) as Readonly<Record<string, unknown>>;
  const used = Object.entries(table).filter(([name]) => names.includes(name));
  return `module.exports = ${JSON.stringify(Object.fromEntries(used))};`;
}

/** The messages of a client's package, those of these services alone. */
function ofServices(name: string, services: readonly string[], select = onlyServices): Instead {
  const file = `@google-cloud/${name}/build/protos/protos.json`;
  // Written by protobuf.js.
  const messages = select(fileOf(file) as ProtoNode, services);
  return {
    module: new RegExp(`/${file}$`),
    contents: `module.exports = ${JSON.stringify(messages)};`,
  };
}

/** What bodies and answers are; of a file's ending nobody asks here. */
const MEDIA_TYPES = [
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/html',
  'text/plain',
];

const NOTHING = 'module.exports = {};';

/**
 * Modules of packages that nobody here calls, or that Node 24 has itself. The names are those of the
 * versions in the lock file; with others a module is bundled again, and the bound on the size shows it.
 */
const INSTEAD: readonly Instead[] = [
  // Classes for every message. The clients read `protos.json`; these are re-exported and no more.
  {
    module: /\/protos\/protos(\.js)?$/,
    importer: /\/@google-cloud\/[\w-]+\/build\/src\/index\.js$/,
    contents: NOTHING,
  },
  // The serializer of Firestore takes one class of them, for pipelines.
  {
    module: /\/protos\/firestore_v1_proto_api$/,
    contents: 'module.exports = { google: { firestore: { v1: {} } } };',
  },
  // For operations that take minutes, rights and places, which we don't ask for. A client of places is
  // made with every client of Firestore: from its messages that takes as long as Firestore's own.
  {
    module: /\/google-gax\/build\/protos\/(iam_service|locations|operations)(\.json)?$/,
    contents: NOTHING,
  },
  // Clients make a class of every message: for Firestore's administration, too.
  ofServices('firestore-api', ['google.firestore.v1.Firestore']),
  ofServices('pubsub-api', ['google.pubsub.v1.Publisher', 'google.pubsub.v1.Subscriber']),
  // Called over REST.
  ofServices('monitoring', ['google.monitoring.v3.MetricService'], withRoutes),
  {
    module: /\/proto3-json-serializer\/build\/src\/toproto3json$/,
    contents: edited(TO_JSON, [
      // A bundler gives classes of one name in one scope others: by its name none is found.
      ["value?.constructor?.name === 'Long'", 'value?.__isLong__'],
    ]),
    resolveDir: dirname(TO_JSON),
  },
  {
    module: /^@grpc\/proto-loader$/,
    contents: withoutDescriptors(fileOf.resolve('@grpc/proto-loader')),
    resolveDir: dirname(fileOf.resolve('@grpc/proto-loader')),
  },
  // Clients that nobody opens.
  { module: /\/firestore-api\/build\/src\/v1\/firestore_admin_client$/, contents: NOTHING },
  { module: /\/pubsub-api\/build\/src\/v1\/schema_service_client$/, contents: NOTHING },
  {
    module: /\/monitoring\/build\/src\/v3\/(?!metric_service)\w+_client$/,
    contents: NOTHING,
  },
  // Tables of Asian alphabets from before Unicode; JSON has none of them, and without its table an
  // alphabet is answered with 415.
  { module: /\/iconv-lite\/encodings\/tables\//, contents: 'module.exports = undefined;' },
  // 2,500 types of files; the framework sorts them by their endings when it starts.
  {
    module: /\/mime-db\/db\.json$/,
    contents: only('mime-db', MEDIA_TYPES),
  },
  {
    module: /\/@ioredis\/commands\/built\/commands\.json$/,
    contents: only('@ioredis/commands/built/commands.json', REDIS_COMMANDS),
  },
  // A thousand names of attributes, of which the propagator of Pub/Sub's client says these.
  {
    module: /^@opentelemetry\/semantic-conventions$/,
    contents: only('@opentelemetry/semantic-conventions', [
      'ATTR_TELEMETRY_SDK_LANGUAGE',
      'ATTR_TELEMETRY_SDK_NAME',
      'ATTR_TELEMETRY_SDK_VERSION',
      'TELEMETRY_SDK_LANGUAGE_VALUE_NODEJS',
      'TELEMETRY_SDK_LANGUAGE_VALUE_WEBJS',
    ]),
  },
  // Node has had the classes since version 10; the table of host names behind this one is 260 KB.
  { module: /^whatwg-url$/, contents: 'module.exports = { URL, URLSearchParams };' },
  { module: /^web-streams-polyfill\//, contents: NOTHING },
  // Messages in fifty languages; the English ones are imported by themselves.
  { module: /\/zod\/v4\/locales\/index\.js$/, contents: 'export {};' },
];

const NAMESPACE = 'instead';

/** Leaves out of the bundle what `INSTEAD` lists, and `absent`: modules of ours, which then throw. */
export const lean = (absent: readonly string[]): Plugin => ({
  name: 'lean',
  setup(build) {
    build.onResolve({ filter: /./ }, (args) => {
      const path = pathOf(args);
      const found = INSTEAD.findIndex(
        ({ module, importer = /./ }) => module.test(path) && importer.test(args.importer),
      );
      return found < 0 ? undefined : { path: `${found}`, namespace: NAMESPACE };
    });
    build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => {
      const { contents = '', resolveDir } = INSTEAD[Number(path)] ?? {};
      return { contents, ...(resolveDir && { resolveDir }) };
    });
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => absence(path, absent));
  },
});

function absence(path: string, absent: readonly string[]): OnLoadResult | undefined {
  const module = absent.find((one) => path.endsWith(`/${one}`));
  if (module === undefined) return undefined;
  return { contents: `throw new Error('${module} is not part of this bundle');` };
}

function pathOf({ path, importer }: OnResolveArgs): string {
  return path.startsWith('.') ? join(dirname(importer), path) : path;
}
