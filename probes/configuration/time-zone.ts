import { type Bench, BenchError } from '../../src/model/bench.ts'
import { ifSeen } from '../sight.ts'

/** The name that a time zone goes by today, so that `PRC` and `Asia/Shanghai` are one; the name itself if it is not known. */
export const sameZone = (a: string, b: string): boolean => {
  const today = (name: string): string => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    } catch (error) {
      if (error instanceof RangeError) return name
      throw error
    }
  }
  return today(a) === today(b)
}

/** Time zone of the host: the target of /etc/localtime, or else what /etc/timezone says. */
export const hostZone = async (bench: Bench): Promise<string> => {
  const target = (await ifSeen(bench.files.link('/etc/localtime'))) ?? ''
  const linked = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(target)?.[1]
  const zone = linked ?? (await ifSeen(bench.files.read('/etc/timezone')))?.split('\n')[0]?.trim()
  if (!zone) throw new BenchError('missing', 'this host does not say its time zone (/etc/localtime, /etc/timezone); set it with timedatectl set-timezone')
  return zone
}
