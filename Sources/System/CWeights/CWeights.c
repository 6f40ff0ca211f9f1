#include "CWeights.h"

// The file is made by scripts/pretrain. A build without it works but for the one call that asks for the weights.
#if __has_embed("tiny.safetensors") == __STDC_EMBED_FOUND__
// Clang has it in every dialect, and warns of that in those before C23.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const uint8_t tiny[] = {
#embed "tiny.safetensors"
};
static const size_t count = sizeof tiny;
#else
static const uint8_t tiny[] = {0};
static const size_t count = 0;
#endif

const uint8_t *cweights_tiny_bytes(void) { return tiny; }
size_t cweights_tiny_count(void) { return count; }
