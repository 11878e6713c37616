/** Where HQ writes its log; a winston logger fits. Nothing from a request's body or query is ever passed. */
export interface HqLog {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}
