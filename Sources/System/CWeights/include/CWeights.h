#pragma once
#include <stddef.h>
#include <stdint.h>

/// The weights of the tiny model as a safetensors file, whose metadata say `config`. Owned by the library, never freed.
const uint8_t *cweights_tiny_bytes(void);
/// How many bytes there are: 0 if the build was made before the weights were.
size_t cweights_tiny_count(void);
/// The weights of the tiny judge, in the same way.
const uint8_t *cweights_vlm_bytes(void);
/// How many bytes there are: 0 if the build was made before the weights were.
size_t cweights_vlm_count(void);
