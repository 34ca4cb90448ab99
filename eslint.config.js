// Lint: type-aware rules, and the bans that keep effects behind ports.
import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';

const effects = [
  {name: 'Date', message: 'Time comes in through the Clock port.'},
  {name: 'process', message: 'Only adapters and composition roots touch the process.'},
  {name: 'fetch', message: 'HTTP goes through the Http port.'},
  {name: 'setTimeout', message: 'Timers come from Clock.after.'},
  {name: 'setInterval', message: 'Timers come from Clock.after.'},
  {name: 'setImmediate', message: 'Timers come from Clock.after.'},
  {name: 'performance', message: 'Time comes in through the Clock port.'},
  {name: 'console', message: 'Commands print through Talk.'},
];

const chance = [
  {object: 'Math', property: 'random', message: 'Chance comes from the Random port.'},
  {object: 'crypto', property: 'randomUUID', message: 'Chance comes from the Random port.'},
  {object: 'crypto', property: 'getRandomValues', message: 'Chance comes from the Random port.'},
];

const effectModules = {
  paths: [
    {name: 'node:child_process', message: 'Processes are started by src/adapters.'},
    {name: 'node:timers', message: 'Timers come from Clock.after.'},
    {name: 'node:timers/promises', message: 'Timers come from Clock.after.'},
    {name: 'node:process', message: 'Only adapters and composition roots touch the process.'},
  ],
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'docs/',
      'coverage/',
      'demo/site/',
      '**/*.mjs',
      '**/*.cjs',
      'eslint.config.js',
      '.dependency-cruiser.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {considerDefaultExhaustiveForUnions: false},
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        {assertionStyle: 'as', objectLiteralTypeAssertions: 'never'},
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true, allowBoolean: true}],
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreArrowShorthand: true}],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_'},
      ],
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-control-regex': 'off',
      'no-empty': ['error', {allowEmptyCatch: false}],
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx', 'checks/**/*.ts', 'screens/**/*.tsx', 'screens/**/*.ts'],
    ignores: [
      'src/adapters/**',
      'src/main.ts',
      'src/main/**',
      'src/runner.ts',
      'src/runner-start.ts',
      'src/sql.ts',
      'src/store/*-worker.ts',
    ],
    rules: {
      'no-restricted-globals': ['error', ...effects],
      'no-restricted-properties': ['error', ...chance],
      'no-restricted-imports': ['error', effectModules],
    },
  },
  {
    files: ['screens/**/*.tsx', 'src/**/*.tsx'],
    plugins: {'react-hooks': reactHooks},
    rules: {'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error'},
  },
  {
    files: ['test/**', 'bench/**', 'scripts/**', 'demo/**', '*.ts'],
    rules: {'@typescript-eslint/no-empty-function': 'off'},
  },
);
