import type { WorkshopDeclaration } from '@/lib/contract/workshop'

/**
 * Every workshop on sale, declared once. The set-up carries it into Stripe and the database; the storefront reads it
 * as its own last resort when everything behind it is down.
 */
export const workshops: WorkshopDeclaration[] = [
  {
    slug: 'claude-code',
    productId: 'prod_claude_code',
    stripeProductId: 'prod_WsClaudeCode',
    title: 'Claude Code from First Prompt to Production',
    summary:
      'A day of building with a coding agent, on your own repository, with somebody beside you who does it daily.',
    description: [
      'Most people meet a coding agent through a demo: a small, clean problem and a large, clean answer. Work is not like that. This workshop starts where the demo ends, in a codebase with history, with tests that are slow and conventions nobody wrote down.',
      'You bring a repository. Over five hours you teach an agent how your project works, hand it real tasks, read what it did, and learn to tell a good plan from a plausible one. You leave with a set-up your team can use the next morning.',
    ],
    outline: [
      {
        title: 'Ground',
        text: 'How an agent reads a repository, what it can know, and how to write the few lines that change everything it does afterwards.',
      },
      {
        title: 'Plans',
        text: 'Asking for a plan, taking it apart, and cutting a task so that each step can be checked.',
      },
      {
        title: 'Review',
        text: 'Reading a large change quickly: where agents go wrong, and the tests that catch it.',
      },
      { title: 'Teams', text: 'Shared commands, hooks and guard rails, and what to leave to people.' },
    ],
    instructor: {
      name: 'Noor Haddad',
      bio: 'Has taught developers for a living since 2013, and spent the last two years doing it with agents in the room.',
    },
    startsAt: '2026-12-15T18:00:00Z',
    endsAt: '2026-12-15T23:00:00Z',
    timeZone: 'America/Los_Angeles',
    price: { amount: 49900, currency: 'usd' },
    capacity: 30,
    closeEnrollment: '2026-12-15T18:00:00Z',
    earlyBirdEndDate: '2026-12-05',
    coupons: {
      earlyBirdMember: 'EARLY_BIRD_MEMBER',
      member: 'MEMBER',
      earlyBird: 'EARLY_BIRD',
      ppp: { IN: 'PPP_IN', BR: 'PPP_BR' },
    },
    discounts: [
      { code: 'EARLY_BIRD_MEMBER', amountOff: 15000 },
      { code: 'MEMBER', amountOff: 10000 },
      { code: 'EARLY_BIRD', amountOff: 7500 },
      { code: 'PPP_IN', percentOff: 60 },
      { code: 'PPP_BR', percentOff: 50 },
      { code: 'FRIENDS', percentOff: 20, public: true },
      { code: 'SCHOLARSHIP', percentOff: 100, public: true },
    ],
    howToJoin: 'We meet on Zoom. The link comes by e‑mail the day before, and again an hour before we start.',
    replyTo: 'workshops@example.com',
  },
  {
    slug: 'typescript-at-scale',
    productId: 'prod_typescript_at_scale',
    stripeProductId: 'prod_WsTypeScript',
    title: 'TypeScript at Scale',
    summary: 'Types that carry a large codebase instead of decorating it, and a compiler that stays fast.',
    description: [
      'An afternoon on the parts of TypeScript that decide whether a large project is pleasant: module boundaries, inference that does not surprise, and errors that say what is wrong.',
      'We work on a real monorepo and measure every change we make to it.',
    ],
    outline: [
      {
        title: 'Boundaries',
        text: 'Project references, public types, and where to write annotations by hand.',
      },
      { title: 'Inference', text: 'Generics that read well at the call site.' },
      { title: 'Speed', text: 'Tracing the compiler and removing what makes it slow.' },
    ],
    instructor: {
      name: 'Jonas Weber',
      bio: 'Is an engineer and illustrator, and explains type systems with a pencil.',
    },
    startsAt: '2027-01-20T14:00:00Z',
    endsAt: '2027-01-20T18:00:00Z',
    timeZone: 'Europe/Berlin',
    price: { amount: 39000, currency: 'eur' },
    closeEnrollment: '2027-01-20T14:00:00Z',
    coupons: { member: 'TS_MEMBER' },
    discounts: [{ code: 'TS_MEMBER', percentOff: 25 }],
    howToJoin: 'We meet on Zoom. The link comes by e‑mail the day before.',
    replyTo: 'workshops@example.com',
  },
  {
    slug: 'accessible-interfaces',
    productId: 'prod_accessible_interfaces',
    stripeProductId: 'prod_WsAccessible',
    title: 'Accessible Interfaces, Built Twice',
    summary: 'Build a real interface by mouse, then again without one, and keep the second.',
    description: ['An afternoon with a screen reader, a keyboard and a combobox that looked finished.'],
    outline: [
      { title: 'Names and roles', text: 'What a screen reader hears, and how to change it.' },
      { title: 'Focus', text: 'Where it goes, and where it should have gone.' },
    ],
    instructor: { name: 'Aiko Tanaka', bio: 'Builds design systems and breaks them with a keyboard.' },
    startsAt: '2027-03-10T01:00:00Z',
    endsAt: '2027-03-10T05:00:00Z',
    timeZone: 'Asia/Tokyo',
    price: { amount: 32000, currency: 'jpy' },
    openEnrollment: '2027-01-15T00:00:00Z',
    closeEnrollment: '2027-03-10T01:00:00Z',
    capacity: 20,
    howToJoin: 'We meet on Zoom. The link comes by e‑mail the day before.',
    replyTo: 'workshops@example.com',
  },
]
