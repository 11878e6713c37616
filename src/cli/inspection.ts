import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { INSPECTION_FILE, Inspection } from '../model/inspection.ts'
import { EXIT, Failure } from './failure.ts'

const unreadable = (path: string, problem: string): Failure =>
  new Failure(EXIT.config, { zh: `${path} 不能用：${problem}；查明后删除它，再运行 posdiag inspect --by 姓名`, en: `${path} cannot be used: ${problem}; find out why, remove it and run posdiag inspect --by NAME` })

/** The last inspection of this terminal; undefined if there was none. Throws a Failure (78) if the file is there and no inspection. */
export const readInspection = (stateDir: string): Inspection | undefined => {
  const path = join(stateDir, INSPECTION_FILE)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw unreadable(path, error instanceof Error ? error.message : String(error))
  }
  try {
    return Inspection.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(path, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
}

/** The last inspection as a field of an order for a look; no field if there was none. Throws as readInspection. */
export const inspectionIn = (stateDir: string): { inspection?: Inspection } => {
  const inspection = readInspection(stateDir)
  return inspection === undefined ? {} : { inspection }
}

/** Keeps an inspection as the last one, whole or not at all. Throws a Failure (73) if it cannot be written. */
export const writeInspection = (stateDir: string, inspection: Inspection): void => {
  const path = join(stateDir, INSPECTION_FILE)
  const beside = `${path}.${randomUUID()}`
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    writeFileSync(beside, `${JSON.stringify(inspection, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.cannotCreate, { zh: `不能写 ${path}：${problem}`, en: `cannot write ${path}: ${problem}` })
  }
}
