export { canary } from './canary.ts'
export { maskDeep } from './deep.ts'
export { mask } from './mask.ts'
