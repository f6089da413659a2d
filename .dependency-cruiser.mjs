// Who may import whom. A folder that is not named here may import nothing of the engine.
const engine = {
  protocol: [],
  onnx: [],
  random: [],
  numpy: [],
  process: [],
  autodiff: ['onnx'],
  runtime: ['onnx', 'protocol'],
  training: ['onnx', 'autodiff', 'random'],
  architectures: ['onnx', 'protocol', 'random'],
  cache: ['runs'],
  datasets: ['cache', 'numpy', 'protocol', 'random'],
  filters: ['random', 'protocol'],
  models: ['onnx', 'autodiff', 'protocol'],
  'fine-tuning': ['onnx', 'autodiff', 'protocol', 'random', 'architectures', 'models'],
  resizing: ['onnx', 'random', 'architectures', 'models'],
  networks: ['onnx', 'protocol', 'architectures', 'models', 'fine-tuning', 'training', 'runtime'],
  runs: ['protocol', 'onnx'],
  exports: ['onnx', 'protocol', 'networks', 'numpy', 'runs', 'runtime'],
  trainer: ['!host', '!server', '!cli', '!inspector'],
  inspector: ['!host', '!server', '!cli', '!trainer'],
  host: ['protocol', 'runs', 'architectures'],
  server: ['host', 'protocol'],
  cli: ['!'],
}

const testFile = '[.]test[.]ts$'

/** One rule for each folder of the engine; a '!' list names what is forbidden instead of what is allowed. */
const engineRules = Object.entries(engine).map(([folder, list]) => {
  const isDenied = list.some((name) => name.startsWith('!'))
  const names = list.map((name) => name.replace('!', '')).filter(Boolean)
  const others = names.length > 0 ? `^engine/(${names.join('|')})/` : '^$'
  return {
    name: `engine-${folder}`,
    comment: isDenied
      ? `engine/${folder} may not import ${names.join(', ')}`
      : `engine/${folder} may import only ${[folder, ...list].join(', ')} of the engine`,
    severity: 'error',
    from: { path: `^engine/${folder}/`, pathNot: testFile },
    to: isDenied ? { path: others } : { path: '^engine/', pathNot: [`^engine/${folder}/`, others] },
  }
})

const forbidden = [
  ...engineRules,
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'no-orphans',
    comment: 'A file that nobody imports and that imports nobody is either forgotten or an entry named here',
    severity: 'error',
    from: { orphan: true, pathNot: [testFile, '[.]d[.]ts$'] },
    to: {},
  },
  {
    name: 'no-unknown',
    comment: 'An import that cannot be found',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-undeclared-package',
    comment: 'A package that package.json does not name, or only for development',
    severity: 'error',
    from: { path: '^(engine|electron)/', pathNot: testFile },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/(electron|@types)/' },
  },
  {
    name: 'known-folder',
    comment: 'A new folder of the engine needs its line in the table above',
    severity: 'error',
    from: { path: '^engine/', pathNot: `^engine/(${Object.keys(engine).join('|')})/` },
    to: {},
  },
  {
    name: 'rule-alone',
    comment: 'A gradient rule never imports another rule',
    severity: 'error',
    from: { path: '^engine/autodiff/rules/([^/]+)[.]ts$', pathNot: testFile },
    to: { path: '^engine/autodiff/rules/' },
  },
  {
    name: 'runtime-only',
    comment: 'Only engine/runtime loads ONNX Runtime',
    severity: 'error',
    from: { pathNot: ['^engine/runtime/', '^tests/'] },
    to: { path: 'node_modules/onnxruntime' },
  },
  {
    name: 'host-always-answers',
    comment: 'Whatever decodes pictures or runs networks blocks; the host and the server leave both to processes',
    severity: 'error',
    from: { path: '^engine/(host|server)/', pathNot: testFile },
    to: { reachable: true, path: 'node_modules/(onnxruntime|sharp/|@img/)' },
  },
  {
    name: 'engine-without-page',
    severity: 'error',
    from: { path: '^engine/' },
    to: { path: ['node_modules/(electron|vue|@vue|pinia|chart[.]js|reka-ui)/', '^(renderer|electron)/'] },
  },
  {
    name: 'renderer-protocol-only',
    severity: 'error',
    from: { path: '^renderer/' },
    to: { path: '^(engine|electron)/', pathNot: ['^engine/protocol/', '^electron/preload/bridge[.]ts$'] },
  },
  {
    name: 'renderer-without-node',
    severity: 'error',
    from: { path: '^renderer/', pathNot: testFile },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'components-without-stores',
    comment: 'A component gets properties and tells events; the workspace knows the store',
    severity: 'error',
    from: { path: '^renderer/components/' },
    to: { path: '^renderer/stores/' },
  },
  {
    name: 'drawing-is-pure',
    severity: 'error',
    from: { path: '^renderer/drawing/' },
    to: { path: ['^renderer/(stores|components|workspaces)/', 'node_modules/(vue|pinia)/'] },
  },
  {
    name: 'shell-protocol-only',
    comment: 'electron/engine-host is the only place where Electron meets the engine',
    severity: 'error',
    from: { path: '^electron/(main|preload)/', pathNot: testFile },
    to: { path: '^(engine|renderer)/', pathNot: '^engine/protocol/' },
  },
  {
    name: 'shell-host-only',
    severity: 'error',
    from: { path: '^electron/engine-host/' },
    to: { path: '^engine/', pathNot: '^engine/(host|protocol)/' },
  },
]

export default {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|engine/onnx/generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
