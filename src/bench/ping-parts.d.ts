// The package `ping` declares types for its front only; these are the parts behind it that ping.ts uses.
declare module 'ping/lib/builder/factory.js' {
  interface Factory {
    createBuilder(platform: string): {
      getCommandArguments(target: string, config: Record<string, unknown>): string[]
    }
  }
  const factory: Factory
  export default factory
}

declare module 'ping/lib/parser/factory.js' {
  interface Factory {
    createParser(target: string, platform: string, config: Record<string, unknown>): {
      eat(line: string): unknown
      getResult(): { times: number[] }
    }
  }
  const factory: Factory
  export default factory
}
