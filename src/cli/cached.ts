import { enableCompileCache } from 'node:module'
import { codeCacheDir } from './code-cache.ts'

// Nothing else may be imported above: what is loaded before the cache is switched on is compiled at every start. The daemon starts
// rarely and runs with other settings of the engine, whose entries would push out those of the commands.
if (process.argv[2] !== 'agent') enableCompileCache(codeCacheDir(process.env))
if (process.argv[2] === 'check' || process.argv[2] === 'agent') await import('./compile-nothing.ts')
await import('./main.ts')
