#include "cre2.h"

#include <re2/re2.h>

#include <cstring>
#include <new>
#include <string>

struct cre2_pattern {
    cre2_pattern(const re2::StringPiece &source, const re2::RE2::Options &options) : expression(source, options) {}
    re2::RE2 expression;
};

extern "C" cre2_outcome cre2_compile(
    const char *source, size_t length, int64_t memory_limit,
    cre2_pattern **pattern, char *message, size_t message_capacity)
{
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory_limit);
    auto *compiled = new (std::nothrow) cre2_pattern(re2::StringPiece(source, length), options);
    if (compiled == nullptr) {
        return CRE2_TOO_LARGE;
    }
    if (compiled->expression.ok()) {
        *pattern = compiled;
        return CRE2_OK;
    }
    std::strncpy(message, compiled->expression.error().c_str(), message_capacity - 1);
    message[message_capacity - 1] = '\0';
    const auto code = compiled->expression.error_code();
    delete compiled;
    return code == re2::RE2::ErrorPatternTooLarge ? CRE2_TOO_LARGE : CRE2_INVALID;
}

extern "C" bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length)
{
    return re2::RE2::PartialMatch(re2::StringPiece(text, length), pattern->expression);
}

extern "C" void cre2_free(cre2_pattern *pattern)
{
    delete pattern;
}
