#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CRE2_NOEXCEPT noexcept
extern "C" {
#else
#define CRE2_NOEXCEPT
#endif

/// A compiled pattern. Immutable: any number of threads may match with it.
typedef struct cre2_pattern cre2_pattern;

/// What became of a compilation.
typedef enum {
    CRE2_OK,
    CRE2_INVALID,
    CRE2_TOO_LARGE,
} cre2_outcome;

/// Compiles a pattern in UTF-8. On CRE2_OK `*pattern` must be freed with `cre2_free`; otherwise `message` says why not.
cre2_outcome cre2_compile(
    const char *source, size_t length, int64_t memory_limit,
    cre2_pattern **pattern, char *message, size_t message_capacity) CRE2_NOEXCEPT;

/// Whether the pattern matches anywhere in a text, in time linear in the text.
bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length) CRE2_NOEXCEPT;

/// Frees a pattern.
void cre2_free(cre2_pattern *pattern) CRE2_NOEXCEPT;

#ifdef __cplusplus
}
#endif
