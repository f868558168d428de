// A disk that can be made read-only under a running program, by preloading this library: while the file that
// FAULTY_DISK_SWITCH names is there, whatever would change a file below FAULTY_DISK_FOLDER fails as it does on a file system
// that the kernel has remounted read-only (EROFS).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_read_only(void) {
    const char *file = getenv("FAULTY_DISK_SWITCH");
    return file != NULL && access(file, F_OK) == 0;
}

static int is_below_folder(const char *path) {
    const char *folder = getenv("FAULTY_DISK_FOLDER");
    return folder != NULL && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int refuses(int descriptor) {
    if (!is_read_only()) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below_folder(path);
}

#define REFUSE(descriptor) \
    if (refuses(descriptor)) { \
        errno = EROFS; \
        return -1; \
    }
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    REFUSE(descriptor)
    return NEXT(pwrite64)(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    REFUSE(descriptor)
    return NEXT(pwrite)(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REFUSE(descriptor)
    return NEXT(write)(descriptor, bytes, count);
}

int ftruncate64(int descriptor, off64_t length) {
    REFUSE(descriptor)
    return NEXT(ftruncate64)(descriptor, length);
}

int fdatasync(int descriptor) {
    REFUSE(descriptor)
    return NEXT(fdatasync)(descriptor);
}

int fsync(int descriptor) {
    REFUSE(descriptor)
    return NEXT(fsync)(descriptor);
}

int unlink(const char *path) {
    if (is_read_only() && is_below_folder(path)) {
        errno = EROFS;
        return -1;
    }
    return NEXT(unlink)(path);
}

static int opens_for_writing(const char *path, int flags) {
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) && is_read_only() && is_below_folder(path);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = va_arg(more, mode_t); \
        va_end(more); \
        if (opens_for_writing(path, flags)) { \
            errno = EROFS; \
            return -1; \
        } \
        return NEXT(name)(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
