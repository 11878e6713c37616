import * as z from 'zod'
import { Costs, type Guide, Test } from '../model/repair.ts'
import costs from './guide/costs.json' with { type: 'json' }
import tests from './guide/tests.json' with { type: 'json' }

/** The built-in tests that persons do, and what time and disturbance are worth. */
export const guide: Guide = { tests: z.array(Test).parse(tests), costs: Costs.parse(costs) }
