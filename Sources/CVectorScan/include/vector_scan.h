#ifndef RECOLLECT_VECTOR_SCAN_H
#define RECOLLECT_VECTOR_SCAN_H

#include <stddef.h>
#include <stdint.h>

/// The dot product of each row of a matrix of small integers with a query.
///
/// @param rows     `count` rows of `dimensions` components, one after the other
/// @param query    `dimensions` components
/// @param products `count` sums; with components of -127…127 and up to 133,000 dimensions none overflows
void recollect_dot_products(const int8_t *rows, size_t count, size_t dimensions, const int8_t *query, int32_t *products);

#endif
