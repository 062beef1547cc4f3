import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';
import { edited } from '../bundle/edited.ts';
import { type ProtoNode, withRoutes } from '../bundle/only-services.ts';

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
      return { contents: JSON.stringify(withRoutes(root, [SERVICE])), loader: 'json' };
    });
    build.onLoad({ filter: /adapters\/firestore\/connect\.ts$/ }, ({ path }) => ({
      contents: overRestIn(path),
      loader: 'ts',
    }));
  },
};

const OPENED = 'new Firestore(dropAbsent({ projectId, databaseId, auth }))';

const overRestIn = (file: string): string =>
  `${edited(file, [
    [
      OPENED,
      'new Firestore({ ...dropAbsent({ projectId, databaseId }), preferRest: true, auth: new PassThroughClient() as never, grpc: { credentials: { createInsecure: () => undefined } } as never })',
    ],
  ])}\nimport { PassThroughClient } from 'google-auth-library';\n`;
