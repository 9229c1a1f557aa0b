/* A disk with a page cache, for drills without root: what was not flushed is gone when the power is.
 *
 * Loaded with LD_PRELOAD.  Of each file below DRILL_CACHE_LIVE, fsync and fdatasync copy what it holds to the same
 * place below DRILL_CACHE_DISK before they return: that folder is what a disk would hold that keeps only what it was
 * told to keep.  While the file DRILL_CACHE_FULL exists, no file grows (ENOSPC).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int below(int fd, char *path) {
    char link[64];
    const char *live = getenv("DRILL_CACHE_LIVE");
    struct stat found;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (!live || length < 0 || fstat(fd, &found) || !S_ISREG(found.st_mode)) return 0;
    path[length] = 0;
    return !strncmp(path, live, strlen(live)) && path[strlen(live)] == '/';
}

static int copy(const char *from, const char *to) {
    char own[1 << 14], draft[PATH_MAX + 16];
    snprintf(draft, sizeof draft, "%s.draft", to);
    int in = open(from, O_RDONLY), out = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600), failed = in < 0 || out < 0;
    ssize_t (*plain_write)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    for (ssize_t n; !failed && (n = read(in, own, sizeof own)) != 0;) failed = n < 0 || plain_write(out, own, n) != n;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return failed || rename(draft, to);
}

static int keep(int fd) {
    char path[PATH_MAX], to[PATH_MAX + 8], guard[PATH_MAX + 16];
    const char *disk = getenv("DRILL_CACHE_DISK");
    if (!disk || !below(fd, path)) return 0;
    snprintf(to, sizeof to, "%s%s", disk, path + strlen(getenv("DRILL_CACHE_LIVE")));
    snprintf(guard, sizeof guard, "%s.guard", to);
    int lock = open(guard, O_WRONLY | O_CREAT, 0600);
    if (lock < 0) return 0; /* a folder made since: nothing that matters is made there */
    flock(lock, LOCK_EX);   /* an older copy must not take the place of a newer one */
    int failed = copy(path, to);
    close(lock);
    return failed;
}

static int full(int fd, off_t end) {
    char path[PATH_MAX];
    const char *flag = getenv("DRILL_CACHE_FULL");
    struct stat found;
    if (!flag || access(flag, F_OK) || !below(fd, path) || fstat(fd, &found) || end <= found.st_size) return 0;
    errno = ENOSPC;
    return 1;
}

static off_t length(const struct iovec *parts, int count) {
    off_t sum = 0;
    for (int n = 0; n < count; n++) sum += parts[n].iov_len;
    return sum;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

int fsync(int fd) {
    int answer = REAL(int, "fsync", int)(fd);
    return answer || keep(fd) ? -1 : 0;
}

int fdatasync(int fd) {
    int answer = REAL(int, "fdatasync", int)(fd);
    return answer || keep(fd) ? -1 : 0;
}

ssize_t write(int fd, const void *data, size_t size) {
    off_t place = lseek(fd, 0, SEEK_CUR);
    if (place >= 0 && full(fd, place + size)) return -1;
    return REAL(ssize_t, "write", int, const void *, size_t)(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t place) {
    if (full(fd, place + size)) return -1;
    return REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t)(fd, data, size, place);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place) { return pwrite64(fd, data, size, place); }

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t place) {
    if (full(fd, place + length(parts, count))) return -1;
    return REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off_t)(fd, parts, count, place);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t place) {
    return pwritev64(fd, parts, count, place);
}

int posix_fallocate64(int fd, off_t place, off_t size) {
    if (full(fd, place + size)) return ENOSPC;
    return REAL(int, "posix_fallocate64", int, off_t, off_t)(fd, place, size);
}

int posix_fallocate(int fd, off_t place, off_t size) { return posix_fallocate64(fd, place, size); }
