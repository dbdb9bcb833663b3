/* Preloaded before pharos: the call number FAULT_AT of the kind FAULT_KIND ("memory" or "io") fails; FAULT_COUNT names a file
 * that gets the number of such calls. Allocations inside the libraries named in `excused` are left alone: these end the
 * process when memory is short, and nothing around them can change that. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static const char* const excused[] = {"libdnnl", "libre2", "libprotobuf", "libgomp"};
static atomic_long count;
static long at = -1;
static int memory, io;
static _Thread_local int inside;

extern void* __libc_malloc(size_t);
extern void* __libc_memalign(size_t, size_t);

__attribute__((constructor)) static void start(void) {
  void* frames[2];
  backtrace(frames, 2); /* loads libgcc now: it allocates */
  const char* kind = getenv("FAULT_KIND");
  at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : -1;
  memory = kind && !strcmp(kind, "memory");
  io = kind && !strcmp(kind, "io");
}

__attribute__((destructor)) static void end(void) {
  memory = io = 0;
  const char* path = getenv("FAULT_COUNT");
  FILE* f = path ? fopen(path, "w") : NULL;
  if (!f) return;
  fprintf(f, "%ld", atomic_load(&count));
  fclose(f);
}

static int is_excused(void) {
  void* frames[24];
  const int n = backtrace(frames, 24);
  for (int i = 2; i < n; ++i) {
    Dl_info info;
    if (!dladdr(frames[i], &info) || !info.dli_fname) continue;
    if (strstr(info.dli_fname, "libstdc++") || strstr(info.dli_fname, "shim.so")) continue;
    for (size_t e = 0; e < sizeof excused / sizeof *excused; ++e)
      if (strstr(info.dli_fname, excused[e])) return 1;
  }
  return 0;
}

static int fails(int kind) {
  if (!kind || inside || atomic_fetch_add(&count, 1) != at) return 0;
  inside = 1; /* what follows may allocate */
  const int hit = !memory || !is_excused();
  inside = 0;
  return hit;
}

void* malloc(size_t n) {
  if (fails(memory)) { errno = ENOMEM; return NULL; }
  return __libc_malloc(n);
}
void* aligned_alloc(size_t alignment, size_t n) {
  if (fails(memory)) { errno = ENOMEM; return NULL; }
  return __libc_memalign(alignment, n);
}
int posix_memalign(void** p, size_t alignment, size_t n) {
  if (fails(memory)) return ENOMEM;
  *p = __libc_memalign(alignment, n);
  return *p ? 0 : ENOMEM;
}

#define NEXT(name) \
  static __typeof__(name)* next; \
  if (!next) next = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void* data, size_t n) {
  NEXT(write);
  if (fd > 2 && fails(io)) { errno = ENOSPC; return -1; }
  return next(fd, data, n);
}
ssize_t read(int fd, void* data, size_t n) {
  NEXT(read);
  if (fails(io)) { errno = EIO; return -1; }
  return next(fd, data, n);
}
ssize_t pread(int fd, void* data, size_t n, off_t where) {
  NEXT(pread);
  if (fails(io)) { errno = EIO; return -1; }
  return next(fd, data, n, where);
}
int rename(const char* from, const char* to) {
  NEXT(rename);
  if (fails(io)) { errno = EIO; return -1; }
  return next(from, to);
}
int fsync(int fd) {
  NEXT(fsync);
  if (fails(io)) { errno = EIO; return -1; }
  return next(fd);
}
int open(const char* path, int flags, ...) {
  NEXT(open);
  va_list more;
  va_start(more, flags);
  const int mode = va_arg(more, int);
  va_end(more);
  if (fails(io)) { errno = EMFILE; return -1; }
  return next(path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  NEXT(openat);
  va_list more;
  va_start(more, flags);
  const int mode = va_arg(more, int);
  va_end(more);
  if (fails(io)) { errno = EMFILE; return -1; }
  return next(folder, path, flags, mode);
}
