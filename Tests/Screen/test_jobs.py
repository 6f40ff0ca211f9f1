"""Jobs as a user meets them: started at one prompt, seen at another, outliving the first."""

import glob
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from terminal import BINARY, Terminal

TRAINER = [
    'seed(3); world = shapes(); model = janus("untrained")',
    "bonus = 0.5",
    "t = grpo(model, prompts: world.prompts(20), reward: { s in s.rationale.count * bonus }, group: 2, batch: 1)",
]


class Jobs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.addCleanup(self.end_all)

    def end_all(self):
        """Ends what a failed test has left; a worker that is gone has let go of its job's number."""
        for path in glob.glob(self.folder + "/outputs/*/state.json"):
            if self.state_of(os.path.basename(os.path.dirname(path))[-6:]) in ("running", "stopping"):
                os.kill(self.process(path), signal.SIGKILL)

    def process(self, path):
        return self.read(path)["process"]

    def read(self, path):
        with open(path) as file:
            return json.load(file)

    def prompt(self, columns=100):
        return Terminal(columns, folder=self.folder)

    def start(self, terminal, work):
        """Starts work; the job's id."""
        for line in TRAINER:
            terminal.run(line)
        terminal.run(f"job = start {work}")
        terminal.run("print(job.id)")
        return re.findall(r"^([0-9a-f]{6})$", terminal.text(), re.MULTILINE)[-1]

    def state_of(self, job):
        """What the command line says of a job."""
        lines = subprocess.run(
            [os.path.abspath(BINARY), "jobs"], cwd=self.folder, capture_output=True, text=True).stdout.splitlines()
        return next((line.split()[1] for line in lines if line.startswith(job)), None)

    def wait_for_state(self, job, state):
        end = time.time() + 60
        while self.state_of(job) != state:
            self.assertLess(time.time(), end, f"{job} is {self.state_of(job)}, not {state}")
            time.sleep(0.05)

    def test_a_job_outlives_its_prompt_and_another_prompt_has_its_result(self):
        with self.prompt() as first, self.prompt(80) as second:
            job = self.start(first, "t.run(steps: 6)")
            first.run("t.steps")  # The prompt goes on at once, its own trainer as it was.
            self.assertIn("\n0\n", first.text())
            second.run("jobs")
            self.assertIn(job, second.text())
            os.kill(first.child.pid, signal.SIGKILL)
            self.wait_for_state(job, "finished")
            second.run(f'u = attach("{job}")')
            second.run("[u.steps, u.history[\"reward\"].count]")
            self.assertIn("[6, 6]", second.text())
            for line in TRAINER:
                second.run(line)
            second.run("t.run(steps: 6);")
            second.run("t.history[\"reward\"] == u.history[\"reward\"]")
            self.assertIn("\ntrue\n", second.text())

    def test_attach_follows_and_ctrl_c_only_detaches(self):
        with self.prompt() as terminal:
            job = self.start(terminal, "t.run(steps: 500)")
            terminal.child.send("u = attach(job)\r")
            terminal.wait(lambda: f"job {job} grpo" in terminal.text(), "progress")
            terminal.child.send("\x03")
            terminal.wait_for("detached from job")
            self.assertNotIn("Finishing this step", terminal.text())
            terminal.wait_for_prompt(7)
            self.assertEqual(self.state_of(job), "running")
            terminal.run("stop(job)")
            self.wait_for_state(job, "stopped")
            terminal.run("u = attach(job)")
            self.assertIn("to go; resume() goes on", terminal.text())
            terminal.run("u.steps > 0 and u.steps < 500")
            self.assertIn("\ntrue\n", terminal.text())

    def test_a_worker_that_was_killed_is_lost_and_its_training_goes_on(self):
        with self.prompt() as terminal:
            job = self.start(terminal, "t.run(steps: 400)")
            path = glob.glob(self.folder + f"/outputs/*{job}/state.json")[0]
            terminal.wait(lambda: self.read(path).get("latest"), "the first checkpoint", timeout=60)
            os.kill(self.process(path), signal.SIGKILL)
            self.wait_for_state(job, "lost")
            terminal.run("job")
            self.assertIn("its process is gone", terminal.text())
            self.assertIn("start t", terminal.text())
            terminal.run("u = attach(job)")
            terminal.run("n = u.steps; again = start u.resume() { step in print(step.index) }")
            terminal.run("stop(again)")
            terminal.run("u = attach(again);")
            terminal.run("u.steps >= n")
            self.assertIn("\ntrue\n", terminal.text())

    def test_tail_follows_until_ctrl_c_and_leaving_tells_what_goes_on(self):
        with self.prompt() as terminal:
            job = self.start(terminal, 't.run(steps: 500) { step in print("at", step.index) }')
            terminal.child.send("tail(job, follow: true)\r")
            terminal.wait(lambda: "at 1" in terminal.text(), "what the job prints", timeout=60)
            terminal.child.send("\x03")
            terminal.wait_for_prompt(7)
            self.assertNotIn("error", terminal.text())
            terminal.type('tail("\t')
            self.assertIn(job, terminal.text().splitlines()[terminal.screen.cursor.y])
            terminal.type("\x15\x04")
            terminal.wait_for(f"Job {job} goes on")
            process = self.process(glob.glob(self.folder + f"/outputs/*{job}/state.json")[0])
            os.kill(process, signal.SIGTERM)
            os.kill(process, signal.SIGTERM)
            self.wait_for_state(job, "stopped")


if __name__ == "__main__":
    unittest.main()
