/** The statements that go to the database in one round trip, as it takes them one by one. What stands in quotes is no end of any. */
export function statementsIn(text: string): string[] {
  const statements: string[] = []
  let start = 0
  let quote: string | null = null
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (quote !== null) {
      if (char === '\\' && quote !== '`') at++
      else if (char === quote) quote = null
    } else if (char === "'" || char === '"' || char === '`') quote = char
    else if (char === ';') {
      statements.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  statements.push(text.slice(start).trim())
  return statements.filter((statement) => statement !== '')
}
