"""The table of scripts/bench: rows, turns, floors, and how they are written down."""

import argparse
import csv
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import transformers

import bench_peers

# Sizes of the models by name; everything else a work needs is in its row.
MODELS = {
    "1m": dict(width=128, layers=4, heads=4, feedForward=352, imageHead=128),
    "5m": dict(width=256, layers=6, heads=8, feedForward=704, imageHead=256),
    "25m": dict(width=512, layers=8, heads=8, feedForward=1408, imageHead=512),
    "100m": dict(width=768, layers=14, heads=12, feedForward=2048, imageHead=768),
    "tiny": dict(width=128, layers=6, heads=4, feedForward=352, imageHead=128, tiny=True),
}
COMMON = dict(words=64, codes=512, grid=8, context=256, prompt=10, rationale=0, guidance=1, rows=1, tiny=False)
EAGER, COMPILED, AUTOCAST = "PyTorch eager", "torch.compile", "PyTorch bf16 autocast"
TRANSFORMERS = "transformers {}"


def row(title, work, model, precisions=("fp32", "bf16"), **sizes):
    sizes = dict(COMMON, **MODELS[model], **sizes)
    return dict(title=title, work=work, sizes=sizes, precisions=precisions)


def rows():
    result = {}
    for model, count in (("1m", 32), ("5m", 32), ("25m", 16), ("100m", 4)):
        title = f"training step, {model.upper()} parameters, {count} × 129 tokens"
        result[f"train-{model}"] = row(title, "train", model, rows=count, rationale=50)
    for count in (8, 64, 256):
        result[f"sample-{count}"] = row(
            f"sampling, {count} rows × 64 codes", "sample", "5m", ("fp32", "bf16", "int8"), rows=count)
        result[f"sample-guided-{count}"] = row(
            f"sampling with guidance, {count} rows ({count // 2} × 64 codes)", "sample", "5m", ("fp32", "bf16", "int8"),
            rows=count // 2, guidance=5)
    result["prefill"] = row("prefill, 32 × 192 tokens", "prefill", "5m", rows=32, prompt=190, grid=1)
    result["decode-100m"] = row(
        "batch-1 decode, 100M parameters, 64 codes", "sample", "100m", ("fp32", "bf16", "int8"), rows=1)
    for work, title in (("encode", "encode"), ("decode", "decode"), ("train-tokenizer", "training step")):
        result["tokenizer-" + title.split()[0]] = row(
            f"image tokenizer: {title}, 32 pictures", work, "5m", ("fp32",), rows=32)
    result["grpo"] = row(
        "GRPO step, 16 prompts × 8 samples, tiny model", "grpo", "tiny", words=None, rationale=48)
    return result


class Easel:
    """The Swift side, which waits for requests and does not use the processor meanwhile."""

    def __init__(self, program, sizes):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # The model that ships brings its own words.
        sent = dict(sizes, words=sizes["words"] or COMMON["words"])
        self.description = self.ask("describe", sizes=sent)["values"]

    def ask(self, work, **more):
        self.process.stdin.write(json.dumps(dict(work=work, **more)) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if reply.get("problem"):
            raise RuntimeError(reply["problem"])
        return reply

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def peak_memory():
    """The most memory that this process ever had, in bytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def serve(pipe, work, sizes, kind, extra, threads):
    """A peer in a process of its own, so that its memory is its own too."""
    try:
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        peer = bench_peers.make(work, sizes, kind, extra)
        pipe.send(peer.parameters() if hasattr(peer, "parameters") else None)
        while pipe.recv() == "run":
            start = time.perf_counter()
            parts = peer.run()
            pipe.send((time.perf_counter() - start, parts if isinstance(parts, dict) else {}))
        pipe.send(peak_memory())
    except Exception as problem:  # told to the other side, which prints it
        pipe.send(problem)


class Peer:
    def __init__(self, *arguments):
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, *arguments), daemon=True)
        self.process.start()
        self.parameters = self.receive()

    def receive(self):
        result = self.pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result

    def run(self):
        self.pipe.send("run")
        return self.receive()

    def close(self):
        self.pipe.send("end")
        memory = self.receive()
        self.process.join()
        return memory


def product_rate(pipe, threads):
    torch.set_num_threads(threads)
    rates = {}
    for name, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        a = torch.full((2048, 2048), 0.25, dtype=kind)
        rates[name] = best(lambda: a @ a) * 2 * 2048 ** 3
    numbers = torch.ones(64 << 20)
    rates["bandwidth"] = best(lambda: numbers.sum()) * 4 * numbers.numel()
    pipe.send(rates)


def best(body):
    taken = []
    for _ in range(6):
        start = time.perf_counter()
        body()
        taken.append(time.perf_counter() - start)
    return 1 / min(taken)


def floors(program):
    """The machine's limits: the best that either side reaches, operations and bytes a second."""
    easel = Easel(program, dict(COMMON, **MODELS["1m"], precision="fp32"))
    threads = int(easel.description["threads"])
    limits = dict(fp32=easel.ask("product")["values"]["rate"], bandwidth=easel.ask("bandwidth")["values"]["rate"])
    try:
        limits["bf16"] = easel.ask("product", sizes=dict(COMMON, **MODELS["1m"], precision="bf16"))["values"]["rate"]
    except RuntimeError:
        limits["bf16"] = 0
    easel.close()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=product_rate, args=(theirs, threads))
    process.start()
    peer = ours.recv()
    process.join()
    return {name: max(rate, peer[name]) for name, rate in limits.items()}, threads


def floor_seconds(spec, precision, description, limits):
    """What the row's arithmetic or its reading of the weights needs at least, or None if neither is counted."""
    work = spec["work"]
    if work not in ("train", "sample", "prefill"):
        return None
    arithmetic = description[work] / limits["bf16" if precision == "bf16" else "fp32"]
    size = dict(fp32=4, bf16=2, int8=1)[precision]
    reads = spec["sizes"]["grid"] ** 2 if work == "sample" else 1
    return max(arithmetic, reads * size * description["parameters"] / limits["bandwidth"])


def peers_of(spec, precision, quick):
    work = spec["work"]
    if work == "train":
        return [(AUTOCAST, "bf16")] if precision == "bf16" else [(EAGER, "eager")] + ([] if quick else [(COMPILED, "compiled")])
    if work in ("sample", "prefill"):
        return [(TRANSFORMERS.format("bf16" if precision != "fp32" else "fp32"), "bf16" if precision != "fp32" else "eager")]
    return [(AUTOCAST, "bf16")] if precision == "bf16" else [(EAGER, "eager")]


def tokens_of(spec, description, parts):
    sizes = spec["sizes"]
    if spec["work"] == "train":
        return sizes["rows"] * description["tokens"]
    if spec["work"] == "prefill":
        return sizes["rows"] * (sizes["prompt"] + 2)
    if spec["work"] == "grpo":
        return 128 * parts["tokens"]
    return sizes["rows"] * sizes["grid"] ** 2


def measure(program, name, spec, precision, limits, threads, rounds, quick):
    """The lines of one row at one precision."""
    sizes = dict(spec["sizes"], precision=precision)
    easel = Easel(program, sizes)
    description = easel.description
    if sizes["words"] is None:
        sizes["words"] = int(description["words"]) - bench_peers.SPECIAL
    easel_work = "sample" if spec["work"] == "prefill" else spec["work"]
    extra = None
    if spec["work"] == "grpo":
        reply = easel.ask("grpo")["values"]
        extra = round(reply["tokens"])
        sizes["prompt"] = round(reply["prompt"]) - 2
    sides = {}
    for title, kind in peers_of(spec, precision, quick):
        try:
            peer = Peer(spec["work"], sizes, kind, extra, threads)
            # The first run compiles what is to be compiled; a peer that cannot do the work fails here.
            peer.run()
            sides[title] = peer
            assert peer.parameters in (None, description["parameters"]), (
                f"Easel has {description['parameters']} parameters, {title} {peer.parameters}")
        except AssertionError:
            raise
        except Exception as problem:
            print(f"{name}: {title} does not work here: {str(problem).splitlines()[0]}", file=sys.stderr)
    taken = {side: [] for side in ["Easel", *sides]}
    parts = {side: [] for side in taken}
    for turn in range(rounds + 1):
        for side in taken:
            # The pause lets the other side's idle threads stop spinning. The first turn of each warms it up.
            time.sleep(0.2)
            if side == "Easel":
                reply = easel.ask(easel_work)
                seconds, part = reply["seconds"], reply["values"]
            else:
                seconds, part = sides[side].run()
            if turn:
                taken[side].append(seconds)
                parts[side].append(part)
    memory = easel.ask("memory")["values"]
    easel.close()
    medians = {side: statistics.median(values) for side, values in taken.items()}
    if spec["work"] == "grpo":
        lines = policy_lines(name, spec, precision, parts, {side: peer.close() for side, peer in sides.items()}, memory["peak"])
    else:
        floor = floor_seconds(spec, precision, description, limits)
        tokens = tokens_of(spec, description, parts["Easel"][0])
        lines = [
            line(name, spec["title"], precision, tokens, medians["Easel"], side, medians[side],
                 floor and floor / medians["Easel"], memory["peak"], peer.close())
            for side, peer in sides.items()
        ] or [line(name, spec["title"], precision, tokens, medians["Easel"], "–", None, floor and floor / medians["Easel"], memory["peak"], None)]
    if spec["work"] == "sample" or spec["work"] == "train" and precision == "fp32":
        predict(program, name, spec["work"], sizes, medians["Easel"], memory)
    return lines


def policy_lines(name, spec, precision, parts, peer_memory, memory):
    """A line for the whole step and one for each part; the peer has no oracle, so Easel's scoring counts on both sides."""
    lines = []
    names = ("sample", "decode", "score", "log-probabilities", "update")

    def median(side, part):
        values = [entry[part] for entry in parts[side] if part in entry]
        return statistics.median(values) if values else None

    tokens = 128 * statistics.median(entry["tokens"] for entry in parts["Easel"])
    for side in peer_memory:
        ours = {part: median("Easel", part) for part in names}
        theirs = {part: median(side, part) for part in names}
        total = sum(ours.values())
        peer_total = sum(value if value is not None else ours[part] for part, value in theirs.items())
        lines.append(line(name, spec["title"], precision, tokens, total, side, peer_total, None, memory, peer_memory[side]))
        lines += [line(name, f"— {part}", precision, tokens, ours[part], side, theirs[part], None, None, None) for part in names]
    return lines


def line(name, work, precision, tokens, seconds, peer, peer_seconds, share, memory, peer_memory):
    return dict(
        row=name, work=work, precision=precision, tokens_per_second=tokens / seconds, seconds=seconds, peer=peer,
        peer_seconds=peer_seconds, ratio=peer_seconds and peer_seconds / seconds, share_of_floor=share,
        memory_mb=memory and memory / 1e6, peer_memory_mb=peer_memory and peer_memory / 1e6)


def predict(program, name, work, sizes, seconds, memory):
    """What model.cost says of a training step or of sampling, against what was measured."""
    easel = Easel(program, sizes)
    cost = easel.ask("cost")["values"]
    easel.close()
    measured = memory["peak"] - memory["start"]
    total = cost["total" if work == "train" else "samplingMemory"]
    parts = "" if work == "sample" else " (" + ", ".join(
        f"{part} {cost[part] / 1e6:.0f}" for part in ("weights", "gradients", "optimizer", "activations")) + ")"
    print(
        f"{name}, {sizes['precision']}: predicted {cost[work]:.3f} s, measured {seconds:.3f} s "
        f"({cost[work] / seconds - 1:+.0%}); predicted {total / 1e6:.0f} MB{parts}, measured {measured / 1e6:.0f} MB "
        f"({total / measured - 1:+.0%})", flush=True)


def operators(program, names, only, limits):
    """What each operator takes against what its products need at a large product's rate or its reading at the bandwidth."""
    for name in names:
        spec = rows()[name]
        if spec["work"] not in ("train", "sample"):
            continue
        for precision in spec["precisions"]:
            if only not in (None, precision):
                continue
            easel = Easel(program, dict(spec["sizes"], precision=precision))
            work = "operators" if spec["work"] == "train" else "sampling-operators"
            for _ in range(2):
                easel.ask(spec["work"])
            whole = statistics.median(easel.ask(spec["work"])["seconds"] for _ in range(5))
            replies = [easel.ask(work)["values"] for _ in range(5)]
            easel.close()
            print(f"{spec['title']}, {precision}: {1000 * whole:.0f} ms\n\n" + operator_table(
                whole, {key: statistics.median(reply[key] for reply in replies) for key in replies[0]},
                limits["bf16" if precision == "bf16" else "fp32"], limits["bandwidth"]) + "\n", flush=True)


def operator_table(whole, values, rate, bandwidth):
    lines, rest = [], whole
    for name in dict.fromkeys(key.rsplit("|", 1)[0] for key in values):
        entry = {key.rsplit("|", 1)[1]: value for key, value in values.items() if key.rsplit("|", 1)[0] == name}
        taken = entry["seconds"] + entry.get("backward", 0)
        rest -= taken
        # A gradient takes two products for each of the forward pass, that of attention one more for the scores again.
        factor = 2.5 if name.startswith("attention") else 2
        floor = max(entry["arithmetic"] / rate, entry["bytes"] / bandwidth)
        if "backward" in entry:
            floor += max(factor * entry["arithmetic"] / rate, entry["backwardBytes"] / bandwidth)
        if taken < 0.001 * whole:
            rest += taken
            continue
        calls = f"{entry['calls']:.0f}" if "calls" in entry else "–"
        lines.append((taken, f"| {name} | {calls}", entry, floor))
    text = ["| operator | calls | forward, ms | backward, ms | floor, ms | share of floor |", "|" + "---|" * 6]
    for taken, head, entry, floor in sorted(lines, key=lambda line: -line[0]):
        backward = f"{1000 * entry['backward']:.1f}" if "backward" in entry else "–"
        text.append(f"{head} | {1000 * entry['seconds']:.1f} | {backward} | {1000 * floor:.1f} | {floor / taken:.0%} |")
    return "\n".join(text + [f"| all else | | {1000 * rest:.1f} | | | |"])


def check(program):
    """The same weights on both sides: the largest difference of what a forward pass says of every token."""
    from safetensors.torch import load_file
    sizes = dict(COMMON, **MODELS["5m"], rows=4, rationale=50)
    for precision, kind, bound in (("fp32", torch.float32, 1e-4), ("bf16", torch.bfloat16, 0.1)):
        easel = Easel(program, dict(sizes, precision="fp32"))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "weights.safetensors")
            easel.ask("export", path=path)
            decoder = bench_peers.Decoder(sizes)
            decoder.load(load_file(path))
        try:
            text = easel.ask("score", sizes=dict(sizes, precision=precision))["text"]
        except RuntimeError as problem:
            print(f"{precision}: {problem}")
            continue
        easel.close()
        ours = [torch.tensor([float(x) for x in text[key].split()]) for key in ("logProbabilities", "entropies")]
        ids = torch.tensor([int(x) for x in text["ids"].split()]).reshape(sizes["rows"], -1)
        is_image, prompt = bench_peers.sequences(sizes)[1:]
        ours = [values.reshape(sizes["rows"], -1) for values in ours]
        theirs = [torch.zeros_like(values) for values in ours]
        with torch.inference_mode(), torch.autocast("cpu", dtype=kind, enabled=precision != "fp32"):
            for logits, at in decoder.logits(ids, is_image, prompt):
                logs = logits.float().log_softmax(-1)
                theirs[0][:, at - prompt] = logs.gather(-1, ids[:, at, None])[..., 0]
                theirs[1][:, at - prompt] = -(logs.exp() * logs).sum(-1)
        worst = [float((a - b).abs().max()) for a, b in zip(ours, theirs)]
        print(f"{precision}: log-probabilities of {ours[0].numel()} tokens differ by at most {worst[0]:.2e} nats, "
              f"entropies by {worst[1]:.2e}")
        assert max(worst) < bound, f"more than {bound}"


COLUMNS = [
    ("work", "work", str), ("precision", "precision", str), ("tokens_per_second", "tokens/s", "{:,.0f}"),
    ("seconds", "seconds", "{:.3f}"), ("peer", "peer", str), ("peer_seconds", "peer, seconds", "{:.3f}"),
    ("ratio", "ratio", "{:.2f}"), ("share_of_floor", "share of floor", "{:.0%}"), ("memory_mb", "MB", "{:,.0f}"),
    ("peer_memory_mb", "peer, MB", "{:,.0f}")]


def markdown(lines):
    def cell(entry, key, form):
        value = entry[key]
        return "–" if value is None else value if form is str else form.format(value)
    head = ["| " + " | ".join(title for _, title, _ in COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return "\n".join(head + ["| " + " | ".join(cell(entry, key, form) for key, _, form in COLUMNS) + " |" for entry in lines])


def write(folder, lines, heading):
    """bench.md and bench.csv, with the rows of earlier runs that were not measured again."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "bench.csv")
    kept = []
    if os.path.exists(path):
        with open(path, newline="") as file:
            for entry in csv.DictReader(file):
                kept.append({
                    key: value if key in ("row", "work", "precision", "peer") else float(value) if value else None
                    for key, value in entry.items()})
    new = {(entry["row"], entry["precision"]) for entry in lines}
    order = list(rows())
    lines = [entry for entry in kept if (entry["row"], entry["precision"]) not in new] + lines
    lines.sort(key=lambda entry: (order.index(entry["row"]), ("fp32", "bf16", "int8").index(entry["precision"])))
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, ["row"] + [key for key, _, _ in COLUMNS])
        writer.writeheader()
        writer.writerows(lines)
    with open(os.path.join(folder, "bench.md"), "w") as file:
        file.write(heading + "\n\n" + markdown(lines) + "\n")


def main():
    known = rows()
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Easel against PyTorch and transformers")
    parser.add_argument("program", help=argparse.SUPPRESS)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--quick", action="store_true", help="three rounds instead of five, without torch.compile")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), help="only this one")
    parser.add_argument("--out", help="a folder for bench.md and bench.csv")
    parser.add_argument("--list", action="store_true", help="the names of the rows")
    parser.add_argument("--operators", action="store_true", help="of rows that train or sample, what each operator takes")
    parser.add_argument("--check", action="store_true", help="the same weights on both sides: how far outputs differ")
    arguments = parser.parse_intermixed_args()
    unknown = [name for name in arguments.rows if name not in known]
    if unknown:
        parser.error(f"there is no row '{unknown[0]}'; rows are {', '.join(known)}")
    if arguments.list:
        return print("\n".join(known))
    if arguments.check:
        return check(arguments.program)
    limits, threads = floors(arguments.program)
    if arguments.operators:
        return operators(arguments.program, arguments.rows or ["train-5m", "sample-guided-64"], arguments.precision, limits)
    rounds = 3 if arguments.quick else 5
    heading = (
        f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()}), transformers {transformers.__version__}, "
        f"{threads} threads, medians of {rounds} taken in turns. Floor: {limits['fp32'] / 1e9:.0f} GFLOP/s fp32, "
        f"{limits['bf16'] / 1e9:.0f} bf16, {limits['bandwidth'] / 1e9:.0f} GB/s. Memory is the whole process's at its most.")
    print(heading + "\n", flush=True)
    lines = []
    for name in arguments.rows or known:
        for precision in known[name]["precisions"]:
            if arguments.precision not in (None, precision):
                continue
            try:
                new = measure(arguments.program, name, known[name], precision, limits, threads, rounds, arguments.quick)
            except RuntimeError as problem:
                print(f"{name}: Easel cannot do it in {precision}: {problem}", file=sys.stderr)
                continue
            print("\n".join(markdown(new).splitlines()[2:] if lines else markdown(new).splitlines()), flush=True)
            lines += new
            if arguments.out:
                write(arguments.out, lines, heading)


if __name__ == "__main__":
    main()
