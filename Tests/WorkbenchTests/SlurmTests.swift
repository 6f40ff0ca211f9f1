import Script
import Testing

@testable import Workbench

/// What is written for Slurm and read from it, without one; `scripts/slurm test` runs a sweep on a real one.
struct SlurmTests {
  @Test func `the batch file asks for an array that is told before its limit and goes back into the queue`() {
    var batch = SlurmBatch()
    (batch.partition, batch.time, batch.array, batch.memory) = ("debug", 7_201, 4, 3e9)
    batch.options = ["--account=lab"]
    let text = batch.script(
      name: "a b", count: 24, manifest: "/data/it's/1.manifest", logs: "/data/100%", worker: ["/opt/easel", "work"])
    #expect(
      text == #"""
        #!/bin/bash
        #SBATCH --job-name=a-b
        #SBATCH --array=0-23%4
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --signal=B:USR1@120
        #SBATCH --output=/data/100%%/%A_%a.txt
        #SBATCH --cpus-per-task=1
        #SBATCH --partition=debug
        #SBATCH --time=121
        #SBATCH --mem=2862M
        #SBATCH --account=lab
        trial=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" '/data/it'\''s/1.manifest')
        '/opt/easel' 'work' '--alone' '--threads' '1' "$trial" >> "$trial/log.txt" 2>&1 &
        worker=$!
        leave() {
          kill -INT "$worker"
          wait "$worker"
        }
        again() {
          leave
          [ -e "$trial/end.json" ] || scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
          exit
        }
        trap again USR1
        trap leave TERM
        wait "$worker"

        """#)
  }

  @Test func `tasks in the queue are found, and those that are over are not`() {
    let states = SlurmQueue.states("17_0|RUNNING\n17_1|PENDING\n17_2|COMPLETED\n18_0|REQUEUED\n\n")
    #expect(states == ["17_0": "RUNNING", "17_1": "PENDING", "18_0": "REQUEUED"])
  }

  /// As `scontrol` of Slurm 22.05 prints it.
  @Test func `what became of a task is read from its facts`() {
    let facts = SlurmQueue.facts(
      "JobId=4 ArrayJobId=1 ArrayTaskId=2 JobName=job.sh UserId=root(0) JobState=FAILED Reason=NonZeroExitCode "
        + "Dependency=(null) Restarts=1 ExitCode=1:0 Command=/tmp/a.sh JobState=later\n")
    #expect(facts["JobState"] == "FAILED" && facts["ExitCode"] == "1:0" && facts["Restarts"] == "1")
  }

  @Test func `settings are read with their units, and without Slurm there is one clear message`() throws {
    let session = Experiment().session
    let value = session.evaluate("slurm(partition: \"debug\", time: 2h, array: 3, memory: 4GiB)").value
    guard case .object(let object) = value, let slurm = object as? SlurmObject else {
      Issue.record("\(value)")
      return
    }
    #expect(slurm.batch.time == 7_200 && slurm.batch.memory == 4_294_967_296 && slurm.batch.array == 3)
    let problem = session.evaluate("slurm(time: 2)").diagnostics.first?.message
    #expect(problem?.contains("wants a duration") == true)
  }
}
