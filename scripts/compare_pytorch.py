"""PyTorch's side of scripts/compare-pytorch: the same work as Tests/Speed, taken in turns with it."""

import json
import statistics
import subprocess
import sys
import time

import torch
import transformers
from transformers import JanusConfig, JanusForConditionalGeneration, LlamaConfig, LlamaModel

# The sizes of Tests/Speed; its description is compared with them below.
WIDTH, LAYERS, HEADS, FEED_FORWARD = 256, 6, 8, 704
WORDS, CODES, CODE_WIDTH, IMAGE_HEAD_WIDTH, GRID = 64, 512, 8, 256, 8
ROWS, PROMPT, RATIONALE, GUIDANCE = 32, 10, 50, 5
ROUNDS = 5


def decoder_configuration():
    return LlamaConfig(
        vocab_size=WORDS + 6, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        num_key_value_heads=HEADS, intermediate_size=FEED_FORWARD, max_position_embeddings=256, rms_norm_eps=1e-6,
        pad_token_id=0, bos_token_id=1, eos_token_id=2)


class Decoder(torch.nn.Module):
    """Decoder, two heads and the aligner of image codes, as in Janus."""

    def __init__(self):
        super().__init__()
        self.model = LlamaModel(decoder_configuration())
        self.text_head = torch.nn.Linear(WIDTH, WORDS + 6, bias=False)
        self.image_head = torch.nn.Sequential(
            torch.nn.Linear(WIDTH, IMAGE_HEAD_WIDTH), torch.nn.GELU(), torch.nn.Linear(IMAGE_HEAD_WIDTH, CODES))
        self.image_embedding = torch.nn.Embedding(CODES, CODE_WIDTH)
        self.aligner = torch.nn.Sequential(
            torch.nn.Linear(CODE_WIDTH, WIDTH), torch.nn.GELU(), torch.nn.Linear(WIDTH, WIDTH))

    def loss(self, ids, is_image):
        inputs, image_inputs = ids[:, :-1], is_image[:-1]
        embedded = torch.cat([
            self.model.embed_tokens(inputs[:, ~image_inputs]), self.aligner(self.image_embedding(inputs[:, image_inputs]))
        ], dim=1)
        # Text and code columns go back to their places.
        places = torch.cat([torch.nonzero(~image_inputs), torch.nonzero(image_inputs)])[:, 0]
        embedded = embedded[:, torch.argsort(places)]
        hidden = self.model(inputs_embeds=embedded, use_cache=False).last_hidden_state
        is_target = torch.arange(len(is_image)) >= PROMPT + 2
        text, image = (torch.nonzero(is_target & kind)[:, 0] for kind in (~is_image, is_image))
        losses = [
            torch.nn.functional.cross_entropy(head(hidden[:, at - 1]).flatten(0, 1), ids[:, at].flatten(), reduction="sum")
            for head, at in ((self.text_head, text), (self.image_head, image))]
        return sum(losses) / (ROWS * (len(text) + len(image)))


class Training:
    def __init__(self):
        torch.manual_seed(0)
        self.decoder = Decoder()
        self.optimizer = torch.optim.AdamW(self.decoder.parameters(), lr=1e-4)
        length = 1 + PROMPT + 1 + RATIONALE + 1 + GRID * GRID + 2
        self.is_image = torch.zeros(length, dtype=torch.bool)
        self.is_image[-2 - GRID * GRID : -2] = True
        self.ids = torch.randint(6, WORDS + 6, (ROWS, length))
        self.ids[:, self.is_image] = torch.randint(0, CODES, (ROWS, GRID * GRID))

    def parameters(self):
        return sum(p.numel() for p in self.decoder.parameters())

    def run(self):
        loss = self.decoder.loss(self.ids, self.is_image)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())


class Sampling:
    def __init__(self):
        torch.manual_seed(0)
        configuration = JanusConfig(
            text_config=decoder_configuration().to_dict(),
            # Neither the vision encoder nor the decoder to pixels takes part: as small as they may be.
            vision_config=dict(
                hidden_size=32, num_hidden_layers=1, num_attention_heads=2, image_size=64, patch_size=8,
                projection_dim=WIDTH, num_image_tokens=GRID * GRID, depth=1),
            vq_config=dict(
                embed_dim=CODE_WIDTH, num_embeddings=CODES, latent_channels=32, base_channels=32,
                channel_multiplier=[1, 1], num_res_blocks=1, num_hidden_layers=2, num_patches=GRID,
                image_token_embed_dim=WIDTH, projection_dim=WIDTH),
            image_token_id=6)
        self.model = JanusForConditionalGeneration(configuration).eval()
        settings = self.model.generation_config
        settings.bos_token_id, settings.eos_token_id, settings.pad_token_id = 1, 2, 0
        settings.generation_kwargs = {"boi_token_id": 4}
        settings.do_sample, settings.guidance_scale = True, GUIDANCE
        ids = torch.randint(6, WORDS + 6, (ROWS, 1 + PROMPT + 1))
        ids[:, 0], ids[:, -1] = 1, 4
        self.ids = ids

    def run(self):
        codes = self.model.generate(
            self.ids, attention_mask=torch.ones_like(self.ids), generation_mode="image", max_length=2 * 64 + 16)
        assert codes.shape == (ROWS, GRID * GRID)


class Easel:
    """The Swift side, which waits for requests and does not use the processor meanwhile."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "--follow"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.description = json.loads(self.process.stdout.readline())

    def run(self, work):
        self.process.stdin.write(work + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["seconds"]


def timed(body):
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def main():
    easel = Easel(sys.argv[1])
    torch.set_num_threads(easel.description["threads"])
    sizes = dict(
        width=WIDTH, layers=LAYERS, heads=HEADS, feedForward=FEED_FORWARD, words=WORDS, codes=CODES, rows=ROWS,
        prompt=PROMPT, rationale=RATIONALE, guidance=GUIDANCE)
    different = {k: v for k, v in sizes.items() if easel.description["sizes"].get(k) != v}
    assert not different, f"the two sides differ: {different}"
    training, sampling = Training(), Sampling()
    ours, theirs = easel.description["parameters"], training.parameters()
    assert ours == theirs, f"Easel trains {ours} parameters, PyTorch {theirs}"
    print(f"Easel {easel.description['kernels']} kernels; "
          f"PyTorch {torch.__version__} {torch.backends.cpu.get_cpu_capability()}, transformers {transformers.__version__}; "
          f"{torch.get_num_threads()} threads, fp32, {theirs / 1e6:.2f} M parameters; medians of {ROUNDS}, taken in turns")
    for name, work, peer in (
        (f"training step, {ROWS} x 128 tokens", "train", training), (f"sampling {ROWS} x 64 codes, guidance {GUIDANCE}", "sample", sampling)):
        seconds = {"Easel": [], "PyTorch": []}
        for turn in range(ROUNDS + 1):
            # The pause lets the other side's idle threads stop spinning. The first turn of each warms it up.
            for side, body in (("Easel", lambda: easel.run(work)), ("PyTorch", lambda: timed(peer.run))):
                time.sleep(0.3)
                taken = body()
                if turn:
                    seconds[side].append(taken)
        easel_median, peer_median = (statistics.median(seconds[side]) for side in ("Easel", "PyTorch"))
        print(f"{name}: Easel {easel_median:.3f} s, PyTorch {peer_median:.3f} s, ratio {peer_median / easel_median:.2f}")


if __name__ == "__main__":
    main()
