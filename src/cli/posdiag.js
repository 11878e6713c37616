#!/usr/bin/env node
// Plain old JavaScript: it must say what is wrong even on a Node that cannot read the rest.
var needed = [24, 15]
var has = process.versions.node.split('.').map(Number)
if (has[0] < needed[0] || (has[0] === needed[0] && has[1] < needed[1])) {
  console.error('posdiag 需要 Node.js ' + needed.join('.') + ' 或更高版本，当前是 ' + process.versions.node + '。/ posdiag needs Node.js ' + needed.join('.') + ' or newer; this is ' + process.versions.node + '.')
  process.exitCode = 69
} else {
  // A checkout runs its sources as they are written; the published package carries them bundled.
  import(new URL('./main.ts', import.meta.url).href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== new URL('./main.ts', import.meta.url).href) throw error
    return import(new URL('../../dist/posdiag.js', import.meta.url).href)
  })
}
