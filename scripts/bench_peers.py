"""The peers of scripts/bench: the works of Tests/Speed in PyTorch and transformers, at sizes that the script gives both."""

import time

import torch
from transformers import JanusConfig, JanusForConditionalGeneration, LlamaConfig, LlamaForCausalLM, LlamaModel

SPECIAL = 6  # Easel's special tokens stand before its words.


def llama(sizes, vocabulary=None):
    return LlamaConfig(
        vocab_size=vocabulary or sizes["words"] + SPECIAL, hidden_size=sizes["width"],
        num_hidden_layers=sizes["layers"], num_attention_heads=sizes["heads"], num_key_value_heads=sizes["heads"],
        intermediate_size=sizes["feedForward"], max_position_embeddings=sizes["context"], rms_norm_eps=1e-6,
        pad_token_id=0, bos_token_id=1, eos_token_id=2)


class Decoder(torch.nn.Module):
    """Decoder, two heads and the aligner of image codes, as in Janus."""

    def __init__(self, sizes):
        super().__init__()
        width, inner = sizes["width"], sizes["imageHead"]
        self.model = LlamaModel(llama(sizes))
        self.text_head = torch.nn.Linear(width, sizes["words"] + SPECIAL, bias=False)
        self.image_head = torch.nn.Sequential(
            torch.nn.Linear(width, inner), torch.nn.GELU(), torch.nn.Linear(inner, sizes["codes"]))
        self.image_embedding = torch.nn.Embedding(sizes["codes"], 8)
        self.aligner = torch.nn.Sequential(
            torch.nn.Linear(8, width), torch.nn.GELU(), torch.nn.Linear(width, width))

    def logits(self, ids, is_image, prompt):
        """The logits that predict the response's words and codes, and where those stand."""
        inputs, image_inputs = ids[:, :-1], is_image[:-1]
        embedded = torch.cat([
            self.model.embed_tokens(inputs[:, ~image_inputs]),
            self.aligner(self.image_embedding(inputs[:, image_inputs]))], dim=1)
        # Text and code columns go back to their places.
        places = torch.cat([torch.nonzero(~image_inputs), torch.nonzero(image_inputs)])[:, 0]
        hidden = self.model(
            inputs_embeds=embedded[:, torch.argsort(places)], use_cache=False).last_hidden_state
        is_target = torch.arange(len(is_image)) >= prompt
        for head, kind in ((self.text_head, ~is_image), (self.image_head, is_image)):
            at = torch.nonzero(is_target & kind)[:, 0]
            yield head(hidden[:, at - 1]), at

    def loss(self, ids, is_image, prompt):
        parts = [
            torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), ids[:, at].flatten(), reduction="sum")
            for logits, at in self.logits(ids, is_image, prompt)]
        return sum(parts) / (ids.shape[0] * (ids.shape[1] - prompt))

    def load(self, tensors):
        """Takes over the weights of a file that Easel has written."""
        names = {
            "language_model.model.": "model.", "language_model.lm_head.": "text_head.",
            "gen_head.output_mlp_projector.": "image_head.0.", "gen_head.vision_head.": "image_head.2.",
            "gen_embed.": "image_embedding.", "gen_aligner.layers.": "aligner."}
        state = {}
        for name, tensor in tensors.items():
            start = next(start for start in names if name.startswith(start))
            state[names[start] + name[len(start):]] = tensor
        self.load_state_dict(state)


def sequences(sizes, rows=None):
    """Random sequences of Easel's form, which of their columns are codes, and how long the prompt is."""
    prompt, codes, rows = sizes["prompt"] + 2, sizes["grid"] ** 2, rows or sizes["rows"]
    rationale = sizes["rationale"] + 1 if sizes["rationale"] else 0
    length = prompt + rationale + codes + 2
    is_image = torch.zeros(length, dtype=torch.bool)
    is_image[-2 - codes:-2] = True
    ids = torch.randint(SPECIAL, sizes["words"] + SPECIAL, (rows, length))
    ids[:, is_image] = torch.randint(0, sizes["codes"], (rows, codes))
    return ids, is_image, prompt


class Training:
    def __init__(self, sizes, kind):
        self.decoder = Decoder(sizes)
        self.optimizer = torch.optim.AdamW(self.decoder.parameters(), lr=1e-4)
        self.sequences, self.kind = sequences(sizes), kind
        if kind == "compiled":
            self.decoder.model.compile()

    def run(self):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.kind == "bf16"):
            loss = self.decoder.loss(*self.sequences)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self.optimizer.step()

    def parameters(self):
        return sum(p.numel() for p in self.decoder.parameters())


class GuidedSampling:
    """Images with guidance, by transformers' own Janus."""

    def __init__(self, sizes, kind):
        width, grid = sizes["width"], sizes["grid"]
        configuration = JanusConfig(
            text_config=llama(sizes).to_dict(),
            # Neither the vision encoder nor the decoder to pixels takes part: as small as they may be.
            vision_config=dict(
                hidden_size=32, num_hidden_layers=1, num_attention_heads=2, image_size=64, patch_size=8,
                projection_dim=width, num_image_tokens=grid * grid, depth=1),
            vq_config=dict(
                embed_dim=8, num_embeddings=sizes["codes"], latent_channels=32, base_channels=32,
                channel_multiplier=[1, 1], num_res_blocks=1, num_hidden_layers=2, num_patches=grid,
                image_token_embed_dim=width, projection_dim=width),
            image_token_id=6)
        self.model = JanusForConditionalGeneration(configuration).eval()
        if kind == "bf16":
            self.model = self.model.to(torch.bfloat16)
        settings = self.model.generation_config
        settings.bos_token_id, settings.eos_token_id, settings.pad_token_id = 1, 2, 0
        settings.generation_kwargs = {"boi_token_id": 4}
        settings.do_sample, settings.guidance_scale = True, sizes["guidance"]
        self.ids = torch.randint(SPECIAL, sizes["words"] + SPECIAL, (sizes["rows"], sizes["prompt"] + 2))
        self.ids[:, 0], self.ids[:, -1] = 1, 4
        self.shape = (sizes["rows"], grid * grid)

    def run(self):
        codes = self.model.generate(
            self.ids, attention_mask=torch.ones_like(self.ids), generation_mode="image",
            max_length=2 * self.shape[1] + 16)
        assert codes.shape == self.shape


class Sampling:
    """Tokens without guidance, which transformers' Janus does not offer: its decoder as a language model over the codes."""

    def __init__(self, sizes, kind, new=None):
        self.model = LlamaForCausalLM(llama(sizes, max(sizes["codes"], sizes["words"] + SPECIAL))).eval()
        if kind == "bf16":
            self.model = self.model.to(torch.bfloat16)
        self.ids = torch.randint(SPECIAL, sizes["words"] + SPECIAL, (sizes["rows"], sizes["prompt"] + 2))
        self.new = new or sizes["grid"] ** 2

    def run(self):
        result = self.model.generate(
            self.ids, attention_mask=torch.ones_like(self.ids), do_sample=True, top_k=0, top_p=1.0,
            max_new_tokens=self.new, min_new_tokens=self.new, pad_token_id=0)
        assert result.shape[1] == self.ids.shape[1] + self.new


class Prefill:
    """Prompts into a cache, and one token of each."""

    def __init__(self, sizes, kind):
        self.sampling = Sampling(sizes, kind, new=1)

    @torch.inference_mode()
    def run(self):
        logits = self.sampling.model(self.sampling.ids, use_cache=True, logits_to_keep=1).logits
        torch.multinomial(logits[:, -1].float().softmax(-1), 1)


class ImageTokenizer(torch.nn.Module):
    """Easel's convolutional image tokenizer."""

    def __init__(self, sizes, channels=96):
        super().__init__()
        conv, transposed = torch.nn.Conv2d, torch.nn.ConvTranspose2d
        self.input, self.down = conv(3, channels, 4, 4, bias=False), conv(channels, channels, 2, 2, bias=False)
        self.middle, self.output = conv(channels, channels, 3, padding=1), conv(channels, channels, 1)
        self.quantization = conv(channels, 8, 1)
        self.post, self.first = conv(8, channels, 1), conv(channels, channels, 3, padding=1)
        self.second, self.up = conv(channels, channels, 1), transposed(channels, channels, 2, 2)
        self.last = transposed(channels, 3, 4, 4)
        codebook = torch.nn.functional.normalize(torch.randn(sizes["codes"], 8), dim=-1)
        self.register_buffer("codebook", codebook)

    def encode(self, x):
        silu = torch.nn.functional.silu
        x = silu(self.down(silu(self.input(x))))
        x = x + silu(self.middle(x))
        x = self.quantization(silu(self.output(x))).permute(0, 2, 3, 1)
        features = torch.nn.functional.normalize(x, dim=-1)
        return features, (features @ self.codebook.T.to(features.dtype)).argmax(-1)

    def decode(self, vectors):
        silu = torch.nn.functional.silu
        x = silu(self.first(silu(self.post(vectors.permute(0, 3, 1, 2)))))
        x = x + silu(self.second(x))
        return self.last(silu(self.up(x)))


class Pictures:
    """Encoding, decoding or training of an image tokenizer."""

    def __init__(self, sizes, kind, work):
        self.model = ImageTokenizer(sizes)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4)
        self.pixels = torch.rand(sizes["rows"], 3, 8 * sizes["grid"], 8 * sizes["grid"])
        self.codes = torch.randint(0, sizes["codes"], (sizes["rows"], sizes["grid"], sizes["grid"]))
        self.kind, self.work = kind, work

    def run(self):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.kind == "bf16"):
            if self.work == "train-tokenizer":
                return self.train()
            with torch.inference_mode():
                return self.model.encode(self.pixels) if self.work == "encode" else self.decode()

    def decode(self):
        return self.model.decode(self.model.codebook[self.codes]).clamp(0, 255).to(torch.uint8)

    def train(self):
        features, codes = self.model.encode(self.pixels)
        vectors = self.model.codebook[codes]
        difference = self.model.decode(features + (vectors - features).detach()) - self.pixels
        loss = (difference.abs() + difference.square()).mean()
        loss = loss + 0.25 * (features - vectors).square().sum(-1).mean()
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()


class PolicyStep:
    """One step of GRPO by parts; scoring by Easel's oracle has no peer."""

    GROUPS, AT_ONCE = 128, 16

    def __init__(self, sizes, kind, tokens):
        # As many tokens as Easel's samples have on average.
        sizes = dict(sizes, rows=self.GROUPS, rationale=max(1, tokens - sizes["grid"] ** 2 - 3))
        self.sampling = Sampling(sizes, kind, new=tokens - 2)
        self.pictures = Pictures(sizes, kind, "decode")
        self.training = Training(dict(sizes, rows=self.AT_ONCE), kind)
        self.sequences, self.kind = sequences(sizes), kind

    def parameters(self):
        return self.training.parameters()

    def run(self):
        ids, is_image, prompt = self.sequences
        decoder = self.training.decoder
        parts = {}

        def timed(name, body):
            start = time.perf_counter()
            body()
            parts[name] = time.perf_counter() - start

        def score():
            with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.kind == "bf16"):
                for piece in ids.split(self.AT_ONCE):
                    decoder.loss(piece, is_image, prompt)

        def update():
            self.training.optimizer.zero_grad()
            for piece in ids.split(self.AT_ONCE):
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.kind == "bf16"):
                    loss = decoder.loss(piece, is_image, prompt)
                loss.backward()
            torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
            self.training.optimizer.step()

        timed("sample", self.sampling.run)
        timed("decode", self.pictures.run)
        timed("log-probabilities", score)
        timed("update", update)
        return parts


def make(work, sizes, kind, extra):
    """The peer of a work; kind is `eager`, `compiled` or `bf16`."""
    if work == "train":
        return Training(sizes, kind)
    if work == "sample":
        return GuidedSampling(sizes, kind) if sizes["guidance"] != 1 else Sampling(sizes, kind)
    if work == "prefill":
        return Prefill(sizes, kind)
    if work == "grpo":
        return PolicyStep(sizes, kind, extra)
    return Pictures(sizes, kind, work)
