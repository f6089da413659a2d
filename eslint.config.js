import prettier from 'eslint-config-prettier/flat'
import vue from 'eslint-plugin-vue'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** The rules that need types, chosen for what they find beside the time they take. */
const typedRules = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/require-await': 'error',
  '@typescript-eslint/restrict-plus-operands': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/unbound-method': 'error',
}

/** Without knowledge of .vue files these see `any` in whatever comes out of one; vue-tsc sees the types there. */
const vueBlindRules = Object.fromEntries(
  ['argument', 'assignment', 'call', 'member-access', 'return'].map((name) => [
    `@typescript-eslint/no-unsafe-${name}`,
    'off',
  ]),
)

const noElectron = { regex: '^electron(/|$)', message: 'Only electron/ knows Electron.' }
const noPage = {
  group: ['vue', 'pinia', 'vue-i18n', 'chart.js', '@vueuse/*', 'reka-ui', '**/renderer/**'],
  message: 'The engine and the shell know nothing of the page; send it a message of engine/protocol.',
}
const noRuntime = {
  group: ['onnxruntime-node'],
  message: 'Only engine/runtime loads ONNX Runtime; use its session.',
}
const noEngine = {
  regex: '/engine/(?!protocol/)',
  message: 'The window and the shell see engine/protocol alone; ask the host.',
}
const noStores = {
  group: ['**/stores/**'],
  message:
    'A component gets what it shows as properties and tells what happened as events; the workspace knows the store.',
}

const noDeepReactivity = {
  group: ['vue'],
  importNames: ['reactive'],
  message: 'Use shallowRef: a deep proxy around tensors and messages costs more than drawing them.',
}

const noDeepStores = { ...noDeepReactivity, importNames: ['ref', 'reactive'] }

const forbidImports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

export default defineConfig(
  globalIgnores(['out/', 'engine/onnx/generated/']),
  tseslint.configs.strict,
  vue.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Write a union of string literals instead of an enum.' },
        { selector: 'ExportAllDeclaration', message: 'Import from the file that defines the name: no barrel files.' },
      ],
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
    },
  },
  {
    files: ['{engine,electron,renderer,tests}/**/*.ts'],
    rules: {
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
  {
    files: ['**/*.vue'],
    rules: {
      // An optional property is undefined where it is left out, which its type says already.
      'vue/require-default-prop': 'off',
      // It does not see what the template assigns.
      'prefer-const': 'off',
    },
  },
  {
    files: ['{engine,electron,renderer}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.engine.json', 'tsconfig.electron.json', 'tsconfig.renderer.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: typedRules,
  },
  { files: ['renderer/**/*.ts'], rules: vueBlindRules },
  // A test that is wrong about a value fails all the same.
  { files: ['**/*.test.ts', 'tests/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['engine/**/*.ts'], rules: forbidImports(noElectron, noPage, noRuntime) },
  { files: ['engine/runtime/**/*.ts'], rules: forbidImports(noElectron, noPage) },
  { files: ['electron/**/*.ts'], rules: forbidImports(noPage, noRuntime, noEngine) },
  { files: ['electron/engine-host/*.ts'], rules: forbidImports(noPage, noRuntime) },
  { files: ['renderer/**/*.{ts,vue}'], rules: forbidImports(noElectron, noRuntime, noEngine, noDeepReactivity) },
  { files: ['renderer/stores/*.ts'], rules: forbidImports(noElectron, noRuntime, noEngine, noDeepStores) },
  {
    files: ['renderer/components/**/*.{ts,vue}'],
    rules: forbidImports(noElectron, noRuntime, noEngine, noDeepReactivity, noStores),
  },
  prettier,
)
