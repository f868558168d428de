#pragma once

#include "cdnnl.h"

/// A matrix of weights in bytes, and its bias.
struct byte_matrix;

/// Whether the CPU has the instructions.
bool multiplies_bytes(void);

/// Rounds weights, `outputs` rows of `inputs` floats each; NULL without memory, or where a width is no multiple of 128.
struct byte_matrix *byte_matrix_create(int inputs, int outputs, const float *weights, const float *bias);

void byte_matrix_free(struct byte_matrix *matrix);

/// Multiplies packed rows.
void byte_matrix_multiply(
    const struct byte_matrix *matrix, cdnnl_operation operation, int rows, const uint8_t *source, void *target);
