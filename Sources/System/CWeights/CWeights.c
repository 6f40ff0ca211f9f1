#include "CWeights.h"

// The files are made by scripts/pretrain. A build without them works but for the calls that ask for weights.
// Clang has #embed in every dialect, and warns of that in those before C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

#if __has_embed("tiny.safetensors") == __STDC_EMBED_FOUND__
static const uint8_t tiny[] = {
#embed "tiny.safetensors"
};
static const size_t tiny_count = sizeof tiny;
#else
static const uint8_t tiny[] = {0};
static const size_t tiny_count = 0;
#endif

#if __has_embed("tiny-vlm.safetensors") == __STDC_EMBED_FOUND__
static const uint8_t vlm[] = {
#embed "tiny-vlm.safetensors"
};
static const size_t vlm_count = sizeof vlm;
#else
static const uint8_t vlm[] = {0};
static const size_t vlm_count = 0;
#endif

const uint8_t *cweights_tiny_bytes(void) { return tiny; }
size_t cweights_tiny_count(void) { return tiny_count; }
const uint8_t *cweights_vlm_bytes(void) { return vlm; }
size_t cweights_vlm_count(void) { return vlm_count; }
