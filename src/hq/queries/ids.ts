/** A UUIDv7 that is older than all others of its millisecond (since 1970). */
export const firstIdAt = (time: number): string => {
  const digits = Math.max(0, Math.floor(time)).toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7000-8000-000000000000`
}
