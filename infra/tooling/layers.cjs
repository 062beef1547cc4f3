// Who may import whom. `may(from, ...to)`: files under `from` import only what matches one of `to`.
const BESIDE = '[.](test|contract|bench)[.]ts$';
const may = (from, ...to) => ({
  name: `${from} imports only ${to.join(' ')}`,
  severity: 'error',
  from: { path: `^${from}`, pathNot: BESIDE },
  to: { pathNot: to.map((path) => `^(${path})`) },
});
const zod = 'node_modules/zod/';
const builtin = '(node:)?[a-z0-9_]+(/promises)?$';

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    may('shared/kernel/', 'shared/kernel/', builtin, zod),
    may('shared/domain/', 'shared/(domain|kernel)/', zod),
    may('shared/ports/', 'shared/((ports|domain|kernel)/|topology[.]ts)'),
    may(
      'shared/app/',
      'shared/(app/(announce|choose-context|facts-of-items|timeline|find-item|lease-session|log-page|messages|memory|metrics-sources|migrate-page|pressure-watch|read-uncovering|recent-log|segment-neighbours|write-summary)[.]ts|(ports|domain|kernel)/|topology[.]ts|options[.]ts)',
    ),
    {
      name: 'an adapter knows no other adapter and no use case',
      severity: 'error',
      from: { path: '^shared/adapters/([^/]+)/', pathNot: BESIDE },
      to: {
        path: '^(shared/(app|adapters|components|testing)/|functions/|infra/)',
        pathNot: '^shared/adapters/$1/',
      },
    },
    {
      name: 'only the composition root and the components name adapters',
      severity: 'error',
      from: { path: '^functions/', pathNot: `^functions/compose[.]ts$|${BESIDE}` },
      to: { path: '^shared/adapters/' },
    },
    {
      name: 'a function knows no other function',
      severity: 'error',
      from: { path: '^functions/([^/]+)/', pathNot: BESIDE },
      to: { path: '^functions/([^/]+)/', pathNot: '^functions/($1|http|event|identity)/' },
    },
    {
      name: 'shared knows no function and no deployment',
      severity: 'error',
      from: { path: '^shared/', pathNot: BESIDE },
      to: { path: '^(functions|infra)/' },
    },
    {
      name: "Gemini's SDKs load on the first summary, not at the start",
      severity: 'error',
      from: { pathNot: BESIDE },
      to: { path: 'node_modules/(@google/genai|@google-cloud/vertexai)/', dynamic: false },
    },
    {
      name: 'what serves tests is not shipped',
      severity: 'error',
      from: { path: '^(functions|shared)/', pathNot: `^shared/testing/|${BESIDE}` },
      to: { path: '^shared/testing/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
    },
  },
};
