import swagger from '@fastify/swagger'
import { createJsonSchemaTransform } from 'fastify-type-provider-zod'
import type { App } from './app.ts'

/** Collects every route added after this into the OpenAPI 3.1 document that app.swagger() gives. */
export const describeRoutes = async (app: App, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'posdiag HQ', version, description: 'Reports of terminals in, incidents out. Errors are RFC 9457 problem documents.' },
      components: {
        securitySchemes: {
          terminal: { type: 'http', scheme: 'bearer', description: "The terminal's own token, from POST /v1/enrol" },
          operator: { type: 'http', scheme: 'bearer', description: 'The operator token; browsers use a session cookie instead' },
        },
      },
    },
    transform: createJsonSchemaTransform({}),
  })
}
