// The package `net-snmp` declares no types; this is the part of it that snmp.ts uses.
declare module 'net-snmp' {
  export interface Varbind { oid: string; type: number; value: unknown }
  export interface Session {
    on(event: 'error', hear: (error: unknown) => void): void
    subtree(oid: string, maxRepetitions: number, feed: (varbinds: Varbind[]) => boolean | undefined, done: (error: unknown) => void): void
    close(): void
  }
  const snmp: {
    createSession(target: string, community: string, options: Record<string, unknown>): Session
    isVarbindError(varbind: Varbind): boolean
    Version1: number
    Version2c: number
    RequestTimedOutError: new () => Error
    RequestFailedError: new () => Error
  }
  export default snmp
}
