// Generated rules: see scripts/boundaries.ts for the table and its reasons.
const {table} = require('./scripts/boundaries.ts');

module.exports = {
  forbidden: [
    ...table.map(({part, path, may, why}) => ({
      name: `import table: ${part}`,
      comment: why,
      severity: 'error',
      from: {path},
      to: {pathNot: [path, ...may]},
    })),
    {
      name: 'no-circular',
      comment: 'A cycle means two files are one idea.',
      severity: 'error',
      from: {},
      to: {circular: true, viaOnly: {dependencyTypesNot: ['type-only']}},
    },
    {
      name: 'not-resolvable',
      comment: 'An import that resolves to nothing fails at run time only.',
      severity: 'error',
      from: {},
      to: {couldNotResolve: true},
    },
    {
      name: 'tests are not imported',
      comment: 'Nothing that ships may depend on a test.',
      severity: 'error',
      from: {pathNot: '^(test|bench)/'},
      to: {path: '^(test|bench)/'},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
