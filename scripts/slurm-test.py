"""Runs sweeps on the Slurm that `scripts/slurm` started, and compares them with a sweep on this machine alone.

Usage: python3 scripts/slurm-test.py EASEL
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

EASEL = os.path.abspath(sys.argv[1])
SCRIPT = """
seed(3)
model = janus("untrained")
prompts = shapes().prompts(8)
runs = sweep(seed: 0..<4, OPTIONS) { p in
  t = grpo(model.copy(), prompts: prompts, reward: { s in s.rationale.count }, group: 2, batch: 1, seed: p.seed)
  t.run(steps: STEPS)
  (reward: t.history["reward"].last, steps: t.steps, sum: t.history["reward"].sum)
}
print(runs.select(["seed", "reward", "steps", "sum", "status"]))
"""


def folder(options, steps):
    path = os.path.realpath(tempfile.mkdtemp(prefix="easel-slurm-"))
    pathlib.Path(path, "a.easel").write_text(SCRIPT.replace("OPTIONS", options).replace("STEPS", str(steps)))
    return path


def start(path):
    return subprocess.Popen([EASEL, "sweep", "a.easel"], cwd=path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def results(path):
    found = {}
    for trial in pathlib.Path(path).glob("outputs/*/trials/*"):
        end = json.loads((trial / "end.json").read_text())
        del end["seconds"], end["memory"]
        found[trial.name] = end, (trial / "metrics-grpo.jsonl").read_text()
    return found


def wait(condition, seconds=60):
    deadline = time.time() + seconds
    while not condition():
        assert time.time() < deadline, "waited in vain"
        time.sleep(0.1)


def queue(*arguments):
    return subprocess.run(["squeue", "-h", "-r", "-o", "%i|%T", *arguments], capture_output=True, text=True).stdout.split()


STEPS = 120
expected = start(local := folder("workers: 2", STEPS)).communicate()
assert "done" in expected[0], expected

path = folder('on: slurm(partition: "debug", time: 10min, array: 2)', STEPS)
begin = time.time()
process = start(path)
wait(lambda: any("RUNNING" in x for x in queue()))
wait(lambda: any(pathlib.Path(path).glob("outputs/*/trials/*/metrics-grpo.jsonl")))
time.sleep(1)
print("queue:", queue())

# Whoever gives out the trials is killed; the tasks go on, and the next finds them.
process.send_signal(signal.SIGKILL)
process.communicate()
tasks = [x.split("|")[0] for x in queue() if "RUNNING" in x]
print("killed the parent; in the queue:", queue())

# A task is told that its time is up: it saves, and goes back into the queue.
again = tasks[0]
process = start(path)
# Just after its start a job "can not be altered now".
while subprocess.run(["scancel", "--signal=USR1", "--batch", again]).returncode != 0:
    time.sleep(0.5)
facts = lambda: subprocess.run(["scontrol", "-o", "show", "job", again], capture_output=True, text=True).stdout
wait(lambda: "Restarts=1" in facts())
print("requeued:", again, queue())
output, errors = process.communicate(timeout=600)
assert process.returncode == 0, (output, errors)
assert results(path) == results(local), "results differ"
attempts = sorted(len((t / "attempts.txt").read_text().split()) for t in pathlib.Path(path).glob("outputs/*/trials/*"))
# A busy Slurm can deliver the signal once more, to the attempt that goes on.
assert attempts[:3] == [1, 1, 1] and attempts[3] >= 2, attempts
assert output.splitlines()[-4:] != [] and "done" in output
print(f"4 trials on Slurm in {time.time() - begin:.0f} s, one requeued from its checkpoint: equal to those of this machine")

# A worker that is killed is given to Slurm once more.
path = folder('on: slurm(array: 2)', STEPS)
process = start(path)
wait(lambda: any("RUNNING" in x for x in queue()))
wait(lambda: any(pathlib.Path(path).glob("outputs/*/trials/*/metrics-grpo.jsonl")))
trial = next(pathlib.Path(path).glob("outputs/*/trials/*/metrics-grpo.jsonl")).parent
os.kill(json.loads((trial / "state.json").read_text())["process"], signal.SIGKILL)
output, errors = process.communicate(timeout=600)
assert process.returncode == 0, (output, errors)
assert "it goes on" in output, output
assert results(path) == results(local), "results differ"
print("a trial whose worker was killed was submitted again, to the same results")

environment = {"PATH": "/nowhere", "HOME": "/"}
answer = subprocess.run(
    [EASEL, "sweep", "a.easel"], cwd=folder("on: slurm()", 1), capture_output=True, text=True,
    env={**environment, "PATH": "/nowhere"})
assert answer.returncode == 1 and "there is no 'sbatch' here" in answer.stderr, answer
print("without Slurm:", next(line for line in answer.stderr.splitlines() if "sbatch" in line))
