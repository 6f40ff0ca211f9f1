// The kernels for any machine.
#define ISA baseline
#include "body/all.h"
