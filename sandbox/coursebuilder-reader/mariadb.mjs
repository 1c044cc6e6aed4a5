// Course Builder's packages are written for MySQL. What they need of it is said here in words that MariaDB takes too, on its
// way to the server: the packages themselves stay as they were published.

/** A relation: `(select json_array(…) from (select * from T x where x.id = outer.id limit ?) x)`, whose inner query may not look outside on MariaDB. */
const RELATION = /from \(select \* from (`\w+` (`\w+`) where (?:(?! from | where ).)+?)\) \2\)/g

/** `x ->> '$.y'`, the operator that MariaDB has not. */
const TEXT_OF = /((?:`?\w+`?\.)?`?\w+`?)\s*->>\s*('[^']*')/g

export const inMariadbsWords = (sql) =>
  sql.replace(RELATION, 'from $1)').replace(TEXT_OF, 'JSON_UNQUOTE(JSON_EXTRACT($1, $2))')

/** Has every statement of this pool said in MariaDB's words, where that is the server. */
export async function translateForMariadb(pool) {
  const [[{ version }]] = await pool.query('select version() as version')
  if (!version.includes('MariaDB')) return
  const query = pool.query.bind(pool)
  pool.query = (statement, values) =>
    query(
      typeof statement === 'string'
        ? inMariadbsWords(statement)
        : { ...statement, sql: inMariadbsWords(statement.sql) },
      values,
    )
}
