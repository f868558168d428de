#pragma once

#include "cdnnl.h"

// How bytes lie where a product reads them: a row's bytes, 128 to a group, and after them the scale of each group.

enum { group_width = 128 };

/// What a group's bytes stand for: a byte b is b · step - zero.
struct group_scale {
    float step, zero;
};

static inline long row_bytes_of_groups(int width) {
    return width + (long)(width / group_width) * (long)sizeof(struct group_scale);
}

/// Packs the GELU of some rows of one group, which is changed in place, as group number `group` of the rows of `target`.
void pack_gelu(float *values, int count, uint8_t *target, int group, int target_width);
