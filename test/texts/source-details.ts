import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'rolldown/utils'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A text as the source builds it: literal parts, and holes where a value comes in. */
export type Shape = readonly (string | { hole: string })[]

/** A shape and the place where it stands. */
export interface Found {
  at: string
  shape: Shape
}

/** Any node of the syntax tree; fields are asked for by name, so that the tree's own types need not be spelt out. */
interface Node {
  type: string
  parent?: Node
  start: number
  [field: string]: unknown
}

interface Source {
  file: string
  text: string
  nodes: Node[]
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const childrenOf = (node: Node): Node[] =>
  Object.entries(node).filter(([field]) => field !== 'parent').flatMap(([, value]) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []))

const nodeAt = (node: Node | undefined, field: string): Node | undefined => {
  const value = node?.[field]
  return isNode(value) ? value : undefined
}

const nodesAt = (node: Node, field: string): Node[] => {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

const nameOf = (node: Node | undefined): string | undefined => (typeof node?.name === 'string' ? node.name : undefined)

const walk = (node: Node, into: Node[]): Node[] => {
  into.push(node)
  for (const child of childrenOf(node)) {
    child.parent = node
    walk(child, into)
  }
  return into
}

const read = (file: string): Source => {
  const text = readFileSync(join(root, file), 'utf8')
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0 || !isNode(program)) throw new Error(`${file} cannot be parsed`)
  return { file, text, nodes: walk(program, []) }
}

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).map((file) => join(folder, file)).sort()

const isFunction = (node: Node): boolean => ['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'].includes(node.type)

const ancestorsOf = (node: Node): Node[] => (node.parent ? [node.parent, ...ancestorsOf(node.parent)] : [])

/** The name that a function is called by. */
const calledName = (fn: Node): string | undefined => (fn.type === 'FunctionDeclaration' ? nameOf(nodeAt(fn, 'id')) : fn.parent?.type === 'VariableDeclarator' ? nameOf(nodeAt(fn.parent, 'id')) : undefined)

/** What a function gives: the expression after its arrow, or what its own returns give. */
const resultsOf = (fn: Node): Node[] => {
  const body = nodeAt(fn, 'body')
  if (!body) return []
  if (body.type !== 'BlockStatement') return [body]
  return walk(body, []).filter((n) => n.type === 'ReturnStatement' && ancestorsOf(n).find(isFunction) === fn).flatMap((n) => nodeAt(n, 'argument') ?? [])
}

const MOST_SHAPES = 200
const DEEPEST = 8

/** A shape as a person would write it down, holes in braces. */
export const written = (shape: Shape): string => shape.map((part) => (typeof part === 'string' ? part : `{${part.hole}}`)).join('')

const skeleton = (shape: Shape): string => shape.map((part) => (typeof part === 'string' ? part : '{}')).join('')

const distinct = (shapes: readonly Shape[]): Shape[] => [...new Map(shapes.map((shape) => [skeleton(shape), shape])).values()].slice(0, MOST_SHAPES)

/** Methods that give the text that they are called on, shortened at most. */
const KEEPS = ['slice', 'trim', 'toString']

/** Works out which texts an expression can give, without running it: what is not written down in the sources becomes a hole. */
const evaluator = (sources: readonly Source[]) => {
  const sourceOf = new Map(sources.flatMap((source) => source.nodes.map((node) => [node, source] as const)))
  const everyNode = sources.flatMap(({ nodes }) => nodes)
  const calls = everyNode.filter((n) => n.type === 'CallExpression')
  const functions = everyNode.filter((n) => isFunction(n) && calledName(n) !== undefined)
  const declared = everyNode.filter((n) => n.type === 'VariableDeclarator')
  const properties = everyNode.filter((n) => n.type === 'Property')

  const textOf = (node: Node): string => (sourceOf.get(node)?.text.slice(node.start, Number(node.end)) ?? '').replaceAll(/\s+/g, ' ')
  const exported = (node: Node): boolean => ancestorsOf(node).some((n) => n.type === 'ExportNamedDeclaration')
  /** True if a name used at one node can mean what stands at the other. */
  const reaches = (from: Node, to: Node): boolean => sourceOf.get(from) === sourceOf.get(to) || exported(to)
  const hole = (node: Node): Shape[] => [[{ hole: /\w+(?=\W*$)/.exec(textOf(node))?.[0] ?? 'value' }]]
  const joined = (left: readonly Shape[], right: readonly Shape[]): Shape[] => distinct(left.flatMap((l) => right.map((r) => [...l, ...r])))

  /** What is passed as that parameter wherever a function of this name is called. */
  const passed = (fn: Node, index: number): Node[] =>
    calls.filter((call) => {
      const name = calledName(fn)
      return name !== undefined && nameOf(nodeAt(call, 'callee')) === name && reaches(call, fn)
    }).flatMap((call) => nodesAt(call, 'arguments')[index] ?? [])

  const variable = (node: Node, name: string): Node[] | undefined => {
    const around = ancestorsOf(node)
    for (const scope of around.filter(isFunction)) {
      const index = nodesAt(scope, 'params').findIndex((param) => nameOf(param) === name)
      if (index >= 0) return passed(scope, index)
    }
    const near = declared.filter((d) => nameOf(nodeAt(d, 'id')) === name && sourceOf.get(d) === sourceOf.get(node) && [undefined, ...around].includes(ancestorsOf(d).find(isFunction)))
    const meant = near.length > 0 ? near : declared.filter((d) => nameOf(nodeAt(d, 'id')) === name && exported(d))
    if (meant.length === 0) return undefined
    const later = everyNode.filter((n) => n.type === 'AssignmentExpression' && nameOf(nodeAt(n, 'left')) === name && sourceOf.get(n) === sourceOf.get(node))
    return [...meant.flatMap((d) => nodeAt(d, 'init') ?? []), ...later.flatMap((n) => nodeAt(n, 'right') ?? [])]
  }

  const all = (nodes: readonly Node[], depth: number): Shape[] => distinct(nodes.flatMap((n) => shapes(n, depth)))

  const call = (node: Node, depth: number): Shape[] => {
    const callee = nodeAt(node, 'callee')
    if (callee?.type === 'MemberExpression') {
      const object = nodeAt(callee, 'object')
      return object && KEEPS.includes(nameOf(nodeAt(callee, 'property')) ?? '') ? shapes(object, depth) : hole(node)
    }
    const name = nameOf(callee)
    const results = functions.filter((fn) => calledName(fn) === name && reaches(node, fn)).flatMap(resultsOf)
    return name === undefined || name === 'String' || results.length === 0 ? hole(node) : all(results, depth)
  }

  const shapes = (node: Node, depth = 0): Shape[] => {
    if (depth > DEEPEST) return hole(node)
    switch (node.type) {
      case 'Literal': return typeof node.value === 'string' ? [[node.value]] : typeof node.value === 'number' ? hole(node) : []
      case 'TemplateLiteral': {
        const inside = nodesAt(node, 'expressions')
        return nodesAt(node, 'quasis').reduce<Shape[]>((done, quasi, i) => {
          const literal = (quasi.value as { cooked: string }).cooked
          const value = inside[i]
          return joined(joined(done, [[literal]]), value ? shapes(value, depth + 1) : [[]])
        }, [[]])
      }
      case 'ConditionalExpression': return all(['consequent', 'alternate'].flatMap((side) => nodeAt(node, side) ?? []), depth + 1)
      case 'LogicalExpression': return all((node.operator === '&&' ? ['right'] : ['left', 'right']).flatMap((side) => nodeAt(node, side) ?? []), depth + 1)
      case 'BinaryExpression': return node.operator === '+' ? joined(all([nodeAt(node, 'left') ?? node], depth + 1), all([nodeAt(node, 'right') ?? node], depth + 1)) : hole(node)
      case 'Identifier': {
        if (node.name === 'undefined') return []
        const values = variable(node, String(node.name))
        const known = all(values ?? [], depth + 1)
        return known.length === 0 ? hole(node) : known
      }
      case 'MemberExpression': {
        const name = nameOf(nodeAt(node, 'property'))
        // A sentence that is kept in a table under this name; single words are names of things.
        const told = node.computed === true || name === 'detail' || name === 'message' ? [] : properties.filter((p) => nameOf(nodeAt(p, 'key')) === name).flatMap((p) => {
          const value = nodeAt(p, 'value')
          return value?.type === 'Literal' && typeof value.value === 'string' && /\w \w+ \w/.test(value.value) ? [[value.value]] : []
        })
        return told.length > 0 ? told : hole(node)
      }
      case 'CallExpression': return call(node, depth + 1)
      case 'ChainExpression': case 'ParenthesizedExpression': case 'TSAsExpression': case 'TSNonNullExpression': case 'AwaitExpression':
        return all([nodeAt(node, 'expression') ?? nodeAt(node, 'argument') ?? node].filter((n) => n !== node), depth + 1)
      default: return hole(node)
    }
  }
  return shapes
}

const isSink = (node: Node, file: string): Node[] => {
  if (node.type === 'NewExpression' && nameOf(nodeAt(node, 'callee')) === 'BenchError') return nodesAt(node, 'arguments').slice(1, 2)
  if (node.type === 'Property' && nameOf(nodeAt(node, 'key')) === 'detail' && /^(probes|src\/(bench|check|agent|cli))\//.test(file)) return [nodeAt(node, 'value')].filter(isNode)
  return []
}

const wordy = (shape: Shape): boolean => shape.some((part) => typeof part === 'string' && /[a-z]{2}/.test(part))

/**
 * Every detail that the sources can say: what a BenchError is made with, and what stands under `detail` in an object, be it of an
 * absence, of a probe's run, of a trigger or of a problem of the agent itself. Those without a word of their own, which only pass on another, are left out.
 */
export const sourceDetails = (): Found[] => {
  const sources = ['probes', 'src/bench', 'src/check', 'src/agent', 'src/cli'].flatMap(filesBelow).map(read)
  const shapes = evaluator(sources)
  const found = sources.flatMap(({ file, nodes, text }) => nodes.flatMap((node) => isSink(node, file).flatMap((sink) =>
    shapes(sink).filter(wordy).map((shape) => ({ at: `${basename(file)}:${text.slice(0, node.start).split('\n').length}`, shape })))))
  return [...new Map(found.map((one) => [skeleton(one.shape), one])).values()]
}
