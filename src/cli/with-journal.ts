import { existsSync } from 'node:fs'
import type { TerminalFile } from '../model/terminal.ts'

/** The terminal with its journal as a device, where an agent keeps one in this folder. */
export const withJournal = (terminal: TerminalFile, summary: string, always = false): TerminalFile =>
  terminal.devices.some((d) => d.kind === 'journal') || !(always || existsSync(summary)) ? terminal : { ...terminal, devices: [...terminal.devices, { id: 'journal', kind: 'journal', transport: { type: 'host' }, dependsOn: [], settings: { summary } }] }
