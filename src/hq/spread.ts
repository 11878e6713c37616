/** A number that spreads texts evenly (FNV-1a, 32 bits, unsigned); the same in every process and version, as stored rows depend on it. */
export const spreadOf = (text: string): number => {
  let hash = 2166136261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}
