/** Does one job at a time; of those asked for meanwhile only the newest is done next, so that scrubbing floods nobody. */
export function createNewestRequest<Job>(work: (job: Job) => Promise<void>): (job: Job) => void {
  let waiting: { readonly job: Job } | undefined
  let isBusy = false

  async function run(): Promise<void> {
    isBusy = true
    try {
      while (waiting !== undefined) {
        const { job } = waiting
        waiting = undefined
        await work(job)
      }
    } finally {
      isBusy = false
    }
  }

  return (job) => {
    waiting = { job }
    if (!isBusy) void run()
  }
}
