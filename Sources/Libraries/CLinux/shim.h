#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* unshare(2) of mounts, for the calling thread: the function is declared only under _GNU_SOURCE, which Swift does not see. */
static inline long pgassay_unshare_mounts(void) { return syscall(SYS_unshare, CLONE_NEWNS); }
