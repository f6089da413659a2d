import { writeFileSync } from 'node:fs'

/** A vitest reporter: writes how many tests passed, which failed and which were skipped why, to FILTERSCOPE_TEST_COUNT. */
export default class TestCounter {
  onTestRunEnd(testModules, unhandledErrors) {
    const count = { passed: 0, failed: [], skipped: [] }
    for (const testModule of testModules) {
      const where = `${testModule.project.name} › ${testModule.relativeModuleId}`
      // A file that could not be loaded, or a hook around all its tests, has no test of its own to fail.
      if (testModule.errors().length > 0) count.failed.push(where)
      for (const suite of testModule.children.allSuites()) {
        if (suite.errors().length > 0) count.failed.push(`${where} › ${suite.fullName}`)
      }
      for (const test of testModule.children.allTests()) {
        const name = `${where} › ${test.fullName}`
        const result = test.result()
        if (result.state === 'passed') count.passed++
        else if (result.state === 'skipped') count.skipped.push({ name, reason: result.note })
        else count.failed.push(name)
      }
    }
    for (const error of unhandledErrors) count.failed.push(`outside any test: ${error.message}`)
    writeFileSync(process.env.FILTERSCOPE_TEST_COUNT, JSON.stringify(count))
  }
}
