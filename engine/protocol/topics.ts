import type { Topic } from './messages.ts'

/** Topics whose events are numbered and replayed; the others send the newest value only. */
const logTopics: readonly Topic['kind'][] = ['run', 'data']

export function isLogTopic(topic: Topic): boolean {
  return logTopics.includes(topic.kind)
}

/** A host sends at most this many log events past the last one acknowledged. */
export const LOG_WINDOW = 512

/** A client acknowledges a log after this many events: often enough that the window never runs dry. */
export const LOG_ACKNOWLEDGE_EVERY = 64
