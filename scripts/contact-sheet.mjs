// @ts-check

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/**
 * One page with every picture of every story: a row each, all folders side by side, and a link to the picture itself.
 *
 * @param {{ id: string, title: string, name: string }[]} stories
 * @param {string[]} folders
 * @returns {string} HTML
 */
export function contactSheet(stories, folders) {
  const rows = stories.map(({ id, title, name }) => {
    const pictures = folders.map((folder) => {
      const file = `${folder}/${id}.png`
      const words = escaped(`${title}, ${name}, ${folder}`)
      return `<td><a href="${file}"><img loading="lazy" src="${file}" alt="${words}"></a></td>`
    })
    return `<tr><th scope="row" id="${id}">${escaped(title)}<br>${escaped(name)}</th>${pictures.join('')}</tr>`
  })
  const heads = folders.map((folder) => `<th scope="col">${folder.replace('-', ' px, ')}</th>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every state</title>
<style>
body { margin: 1rem; background: #888; font: 14px/1.4 system-ui, sans-serif }
td, th { padding: 6px; vertical-align: top; text-align: start }
thead th { position: sticky; inset-block-start: 0; background: #888 }
img { display: block; max-inline-size: 100% }
</style>
<table>
<thead><tr><th scope="col">Story</th>${heads.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</html>
`
}
