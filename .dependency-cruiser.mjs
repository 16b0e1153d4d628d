/** Folders that read an engine's records each, and have nothing to do with another; `engines` holds a folder for each other one. */
const engines = ['octoflows'];

/** The import direction of src/, inner layer first. A folder may import itself and what is listed. */
const layers = {
  stats: [],
  view: [],
  scanner: [],
  model: [],
  containers: ['model'],
  cost: ['model', 'stats'],
  tables: ['model', 'cost', 'formats/table-column'],
  analyses: ['model', 'containers', 'cost', 'stats', 'view'],
  sources: ['octoflows/store/keys'],
  formats: ['model', 'sources'],
  ...Object.fromEntries(engines.map((name) => [name, ['model', 'formats', 'scanner']])),
  engines: ['model', 'containers', 'formats'],
  render: ['view'],
  output: ['sources'],
  report: ['analyses', 'model', 'render', 'view'],
  exports: ['model'],
  engine: ['analyses', 'model', 'engines', ...engines, 'formats', 'scanner', 'sources', 'output', 'render'],
};

const directions = Object.entries(layers).map(([layer, allowed]) => ({
  name: `${layer}-direction`,
  comment: `src/${layer} may import only: ${['itself', 'errors.ts', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: [`^src/${layer}/`, '^src/errors[.]ts$', ...allowed.map((to) => `^src/${to}`)] },
}));

export default {
  forbidden: [
    ...directions,
    {
      name: 'analyses-are-islands',
      comment: 'An analysis must not know another one; what they share is in design/, diagnostics/, stats/ or model/.',
      severity: 'error',
      from: { path: '^src/analyses/([^/]+)/' },
      to: { path: '^src/analyses/[^/]+/', pathNot: '^src/analyses/($1|design|diagnostics)/' },
    },
    {
      name: 'core-is-pure',
      comment: 'No node: module and no effectful package in the pure folders.',
      severity: 'error',
      from: { path: '^src/(stats|model|containers|cost|tables|exports|analyses|view|report)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-knows-no-flag',
      comment: 'The engine answers questions for whoever asks, a command line or not.',
      severity: 'error',
      from: { path: '^src/(engine|output)/' },
      to: { path: '^src/cli/|node_modules/(commander|cli-progress)/' },
    },
    {
      name: 'effects-have-one-home',
      comment: 'Each effectful package is imported by one folder only.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(render|sources|formats|cli)/' },
      to: {
        path: 'node_modules/(vega|vega-lite|commander|hyparquet|@aws-sdk)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'fs-at-the-edges-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sources|engine|output|cli)/' },
      to: { path: '^(node:)?(fs|http|https|net|child_process)(/|$)' },
    },
    {
      name: 'bin-to-cli-only',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^(src|dist)/', pathNot: '^dist/main[.]js$' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '(^src/view/.*|[.]d)[.]ts$|^src/render/html/client/' },
      to: {},
    },
    { name: 'not-to-test', severity: 'error', from: { path: '^(src|bin)/' }, to: { path: '^test/' } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // The build bundles packages into dist/ and refuses an external one that is not in dependencies.
    doNotFollow: { path: '(^|/)node_modules/|^dist/' },
    exclude: { path: '^test/golden/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
