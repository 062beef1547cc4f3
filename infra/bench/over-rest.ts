import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';
import { onlyServices, type ProtoNode } from '../bundle/only-services.ts';

const SERVICE = 'google.firestore.v1.Firestore';
const fileOf = createRequire(import.meta.url);

/**
 * Makes a bundle whose client of Firestore calls over REST (`preferRest`). Over REST the client asks for
 * credentials even of an emulator, and for gRPC's own where the connection is not encrypted: both get
 * something that does nothing, so that as much is loaded as on the real service. The routes stay in the
 * messages.
 */
export const overRest: Plugin = {
  name: 'over-rest',
  setup(build) {
    build.onResolve({ filter: /protos\.json$/ }, ({ importer }) =>
      importer.includes('/firestore-api/')
        ? { path: fileOf.resolve('@google-cloud/firestore-api/build/protos/protos.json') }
        : undefined,
    );
    build.onLoad({ filter: /firestore-api\/build\/protos\/protos\.json$/ }, ({ path }) => {
      // Written by protobuf.js.
      const root = fileOf(path) as ProtoNode;
      return { contents: JSON.stringify(withRoutes(root)), loader: 'json' };
    });
    build.onLoad({ filter: /adapters\/firestore\/connect\.ts$/ }, ({ path }) => ({
      contents: overRestIn(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
    build.onLoad({ filter: /proto3-json-serializer\/.*\/toproto3json\.js$/ }, ({ path }) => ({
      contents: replaced(readFileSync(path, 'utf8'), BY_NAME, 'value?.__isLong__'),
    }));
  },
};

/** The service's own messages, as in every bundle, and what its methods say about HTTP. */
function withRoutes(root: ProtoNode): ProtoNode {
  const lean = structuredClone(onlyServices(root, [SERVICE]));
  const at = (node: ProtoNode, name: string) =>
    name.split('.').reduce<ProtoNode>((one, part) => one.nested?.[part] ?? {}, node);
  Object.assign(at(lean, SERVICE), { methods: at(root, SERVICE).methods });
  return lean;
}

const OPENED = 'new Firestore(dropAbsent({ projectId, databaseId, auth }))';
/** A bundler gives classes of one name in one scope others. */
const BY_NAME = "value?.constructor?.name === 'Long'";

const overRestIn = (source: string): string =>
  `${replaced(
    source,
    OPENED,
    'new Firestore({ ...dropAbsent({ projectId, databaseId }), preferRest: true, auth: new PassThroughClient() as never, grpc: { credentials: { createInsecure: () => undefined } } as never })',
  )}\nimport { PassThroughClient } from 'google-auth-library';\n`;

function replaced(source: string, what: string, by: string): string {
  if (!source.includes(what)) throw new Error(`expected ${what} in what is to call over REST`);
  return source.replace(what, by);
}
