/* For LD_PRELOAD: makes fsync and fdatasync FSYNC_DELAY_MS slower and counts them, one byte each, in FSYNC_COUNTER. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;
static int counter = -1;

__attribute__((constructor)) static void read_settings(void) {
    const char *ms = getenv("FSYNC_DELAY_MS"), *file = getenv("FSYNC_COUNTER");
    if (ms) delay.tv_nsec = atol(ms) * 1000 * 1000;
    if (file) counter = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int sync_slowly(const char *name, int file) {
    if (counter >= 0 && write(counter, ".", 1) != 1) abort();
    if (delay.tv_nsec) nanosleep(&delay, 0);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}

int fsync(int file) { return sync_slowly("fsync", file); }
int fdatasync(int file) { return sync_slowly("fdatasync", file); }
