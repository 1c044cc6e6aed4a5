// The arrows of the house: app → components, lib → db. Everything points down, and nothing that is shipped reads what
// stands in for the outside world.
const tests = '\\.(test|testing|stories)\\.[cm]?tsx?$|\\.integration\\.test\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or hide a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contract-imports-nothing',
      severity: 'error',
      comment: 'lib/contract is what both sides agree on; it depends on neither.',
      from: { path: '^lib/contract/', pathNot: tests },
      to: { path: '^(app|components|db|e2e|ops|bench|sandbox|scripts|lib/(?!contract/))' },
    },
    {
      name: 'pricing-is-pure',
      severity: 'error',
      comment: 'lib/pricing decides from what it is given: the contract, and nothing with input or output.',
      from: { path: '^lib/pricing/', pathNot: tests },
      to: { path: '^(app|components|db|e2e|ops|bench|sandbox|scripts|lib/(?!(contract|pricing)/))|^node:' },
    },
    {
      name: 'components-see-contract-types',
      severity: 'error',
      comment: 'Browser code reads types of lib/contract, and no server module, schema or database.',
      from: { path: '^components/', pathNot: tests },
      to: {
        path: '^(app|db|ops|sandbox|scripts|lib/(?!contract/))|^lib/contract/schemas|node_modules/(zod|stripe|drizzle-orm|mysql2|server-only)/',
      },
    },
    {
      name: 'components-take-types-only',
      severity: 'error',
      comment: 'What a page loads is weighed in bytes: nothing of lib runs in it.',
      from: { path: '^components/', pathNot: tests },
      to: { path: '^lib/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lib-below-pages',
      severity: 'error',
      from: { path: '^lib/', pathNot: tests },
      to: { path: '^(app|components)/' },
    },
    {
      name: 'db-at-the-bottom',
      severity: 'error',
      comment: 'db knows tables, and the contract that they hold. Its two commands stand above lib: the seed carries the declaration, both read the environment.',
      from: { path: '^db/', pathNot: `${tests}|^db/(seed|command)\\.ts$` },
      to: { path: '^(app|components|lib/(?!contract/))' },
    },
    {
      name: 'product-without-scaffolding',
      severity: 'error',
      comment: 'Nothing that is shipped imports what stands around it.',
      from: {
        path: '^(app|components|lib|db|proxy\\.ts|instrumentation\\.ts|workshops\\.config\\.ts)',
        pathNot: tests,
      },
      to: { path: '^(sandbox|ops|bench|e2e|scripts)/' },
    },
    {
      name: 'sandbox-without-product',
      severity: 'error',
      comment: "Stripe's stand-in must not agree with us by sharing our code.",
      from: { path: '^sandbox/(stripe|mail|mysql)/', pathNot: tests },
      to: { path: '^(app|components|lib|db)/' },
    },
    {
      name: 'routes-bind-and-export',
      severity: 'error',
      comment: 'A route file hands over to lib; it knows no database and no Stripe.',
      from: { path: '^app/.*/route\\.ts$' },
      to: { path: '^db/|node_modules/(stripe|drizzle-orm|mysql2)/' },
    },
    {
      name: 'not-resolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(next-env|\\.next)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|\\.cache|\\.data|storybook-static|sandbox/coursebuilder-reader|bench/coursebuilder)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
