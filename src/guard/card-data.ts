export { canary } from './canary.ts'
export { maskDeep } from './deep.ts'
export { type Masked, mask } from './mask.ts'
