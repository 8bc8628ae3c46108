const kinds = { test: ['alwayson'], bot: ['googlebot', 'bingbot'] } as const

/** Of the attribute `user_agent.synthetic.type`, which is not stable yet. */
export const ATTR_USER_AGENT_SYNTHETIC_TYPE = 'user_agent.synthetic.type'

/** Whether this client calls itself a machine. */
export function readSyntheticType(userAgent: string): 'test' | 'bot' | undefined {
  const text = userAgent.toLowerCase()
  if (kinds.test.some(name => text.includes(name))) return 'test'
  return kinds.bot.some(name => text.includes(name)) ? 'bot' : undefined
}
