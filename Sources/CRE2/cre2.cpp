#include "cre2.h"

#include <re2/re2.h>

#include <cstring>
#include <exception>
#include <memory>
#include <new>

// No exception may cross into Swift, which cannot unwind: what allocates is inside a `try`.

struct cre2_pattern {
    cre2_pattern(const re2::StringPiece &source, const re2::RE2::Options &options) : expression(source, options) {}
    re2::RE2 expression;
};

static void copy_message(const char *text, char *message, size_t message_capacity)
{
    if (message_capacity == 0) {
        return;
    }
    std::strncpy(message, text, message_capacity - 1);
    message[message_capacity - 1] = '\0';
}

extern "C" cre2_outcome cre2_compile(
    const char *source, size_t length, int64_t memory_limit,
    cre2_pattern **pattern, char *message, size_t message_capacity) noexcept
{
    try {
        re2::RE2::Options options;
        options.set_encoding(re2::RE2::Options::EncodingUTF8);
        options.set_log_errors(false);
        options.set_max_mem(memory_limit);
        auto compiled = std::make_unique<cre2_pattern>(re2::StringPiece(source, length), options);
        if (compiled->expression.ok()) {
            *pattern = compiled.release();
            return CRE2_OK;
        }
        copy_message(compiled->expression.error().c_str(), message, message_capacity);
        switch (compiled->expression.error_code()) {
        case re2::RE2::ErrorPatternTooLarge:
            return CRE2_TOO_LARGE;
        default:
            return CRE2_INVALID;
        }
    } catch (const std::bad_alloc &) {
        copy_message("out of memory", message, message_capacity);
        return CRE2_TOO_LARGE;
    } catch (const std::exception &error) {
        copy_message(error.what(), message, message_capacity);
        return CRE2_INVALID;
    } catch (...) {
        copy_message("unknown error", message, message_capacity);
        return CRE2_INVALID;
    }
}

extern "C" bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length) noexcept
{
    try {
        return pattern->expression.Match(
            re2::StringPiece(text, length), 0, length, re2::RE2::UNANCHORED, nullptr, 0);
    } catch (...) {
        // Only memory can run out here. A rule that cannot be checked is not met.
        return false;
    }
}

extern "C" void cre2_free(cre2_pattern *pattern) noexcept
{
    delete pattern;
}
