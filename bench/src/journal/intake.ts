export const intake = (_raw: unknown): any => ({ problem: 'x' })
export const isFailure = (_s: unknown): boolean => false
export const around = (_s: any, _a: number, _c: number): any[] => []
