#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* System calls that Swift does not see: they are declared only under _GNU_SOURCE, take a variable number of arguments, or have no
   function in the C library. Each returns what the kernel returns, and sets errno. */

static inline int pgassay_unshare(uint64_t flags) { return (int)syscall(SYS_unshare, flags); }

static inline int pgassay_setns(int descriptor, int kind) { return (int)syscall(SYS_setns, descriptor, kind); }

/* Swift forbids fork(2), because it leaves only one thread. The launcher has only one. */
static inline pid_t pgassay_fork(void) { return fork(); }

/* Exchanges what two names stand for, at once (renameat2(2), RENAME_EXCHANGE). */
static inline int pgassay_exchange(const char *one, const char *other)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2);
}

static const uint64_t pgassay_new_user = CLONE_NEWUSER;
static const uint64_t pgassay_new_mounts = CLONE_NEWNS;
static const uint64_t pgassay_new_processes = CLONE_NEWPID;
static const uint64_t pgassay_new_network = CLONE_NEWNET;
static const uint64_t pgassay_new_ipc = CLONE_NEWIPC;
static const uint64_t pgassay_new_host = CLONE_NEWUTS;

/* The root and the working directory change places with what is mounted at the working directory (pivot_root(2)). */
static inline int pgassay_pivot_here(void) { return (int)syscall(SYS_pivot_root, ".", "."); }

/* Whether a process has the file open for writing: then no read lease can be had (fcntl(2), F_SETLEASE). A program that opens it
   while we hold the lease makes the kernel send us a signal, so it is one that nobody heeds. Returns 1 or 0; -1 where the file is of
   another account, or the file system knows no leases. */
static inline int pgassay_is_being_written(int descriptor) {
    if (fcntl(descriptor, 10 /* F_SETSIG */, SIGURG) != 0) return -1;
    if (fcntl(descriptor, 1024 /* F_SETLEASE */, F_RDLCK) != 0) return errno == EAGAIN ? 1 : -1;
    fcntl(descriptor, 1024, F_UNLCK);
    return 0;
}

/* A copy of the mount of an open file, with the mounts below it, attached nowhere (OPEN_TREE_CLONE, AT_RECURSIVE). */
static inline int pgassay_copy_mount(int descriptor) {
    return (int)syscall(SYS_open_tree, descriptor, "", 1 | O_CLOEXEC | 0x1000 /* AT_EMPTY_PATH */ | 0x8000);
}

/* Attaches such a copy to a place. */
static inline int pgassay_attach_mount(int descriptor, const char *place) {
    return (int)syscall(SYS_move_mount, descriptor, "", AT_FDCWD, place, 4 /* MOVE_MOUNT_F_EMPTY_PATH */);
}

struct pgassay_mount_attributes { uint64_t set, clear, propagation, users; };

/* MOUNT_ATTR_*, of linux/mount.h, which does not go with sys/mount.h. */
static const uint64_t pgassay_mount_read_only = 1, pgassay_mount_no_setuid = 2, pgassay_mount_no_devices = 4,
                      pgassay_mount_no_programs = 8, pgassay_mount_map_owners = 0x100000;

static inline int pgassay_change_mount(int descriptor, int deeply, struct pgassay_mount_attributes attributes) {
    return (int)syscall(
        SYS_mount_setattr, descriptor, "", 0x1000 | (deeply ? 0x8000 : 0), &attributes, sizeof attributes);
}

/* prctl(2) takes a variable number of arguments. */
static inline int pgassay_forbid_traces(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline int pgassay_forbid_new_rights(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static inline int pgassay_drop_from_bounds(int capability) { return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); }
static inline int pgassay_clear_ambient(void) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); }
static inline int pgassay_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
static inline int pgassay_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
static inline int pgassay_name_process(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

/* Gives up all capabilities (capset(2), version 3). */
static inline int pgassay_drop_capabilities(void) {
    struct { uint32_t version; int process; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } none[2] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &header, none);
}

static inline int pgassay_close_from(unsigned first) { return (int)syscall(SYS_close_range, first, ~0U, 0); }

/* These change the groups, the group and the user of this thread alone. Only the launcher calls them, and it has one thread.
setgroups(2) of the C library is not declared either. */
static inline int pgassay_drop_groups(void) { return (int)syscall(SYS_setgroups, 0, NULL); }
static inline int pgassay_set_group(uint32_t id) { return (int)syscall(SYS_setresgid, id, id, id); }
static inline int pgassay_set_user(uint32_t id) { return (int)syscall(SYS_setresuid, id, id, id); }

/* O_PATH of fcntl.h: a descriptor that says what is there, and opens nothing. */
static const int pgassay_path_only = 010000000;

/* Opens nothing, but a descriptor of what a name beneath a directory stands for (O_PATH, O_NOFOLLOW): no part of the name may be a
   link or lead out (openat2(2), RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS). */
static inline int pgassay_open_beneath(int directory, const char *name) {
    struct { uint64_t flags, mode, resolve; } how = {(uint64_t)pgassay_path_only | O_NOFOLLOW | O_CLOEXEC, 0, 8 | 4 | 2};
    return (int)syscall(437 /* SYS_openat2 */, directory, name, &how, sizeof how);
}

/* As whom this thread uses files; the others of the process are not changed. Both return the one before; the largest number is
   nobody's and changes nothing. */
static inline uint32_t pgassay_file_user(uint32_t id) { return (uint32_t)syscall(SYS_setfsuid, id); }
static inline uint32_t pgassay_file_group(uint32_t id) { return (uint32_t)syscall(SYS_setfsgid, id); }

/* Removes a segment of shared memory (shmctl(2), IPC_RMID). */
static inline int pgassay_remove_shared_memory(int id) { return (int)syscall(SYS_shmctl, id, 0, NULL); }

/* Landlock (linux/landlock.h of newer kernels than this machine's headers). */
struct pgassay_landlock_rules { uint64_t files, network, scopes; };

static inline int pgassay_landlock_version(void) { return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1); }

static inline int pgassay_landlock_create(struct pgassay_landlock_rules rules, size_t size) {
    return (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
}

static inline int pgassay_landlock_allow(int ruleset, int descriptor, uint64_t rights) {
    struct __attribute__((packed)) { uint64_t rights; int32_t descriptor; } rule = {rights, descriptor};
    return (int)syscall(SYS_landlock_add_rule, ruleset, 1 /* LANDLOCK_RULE_PATH_BENEATH */, &rule, 0);
}

/* Allows TCP connections to a port (LANDLOCK_ACCESS_NET_CONNECT_TCP). */
static inline int pgassay_landlock_allow_port(int ruleset, uint16_t port) {
    struct { uint64_t rights, port; } rule = {2, port};
    return (int)syscall(SYS_landlock_add_rule, ruleset, 2 /* LANDLOCK_RULE_NET_PORT */, &rule, 0);
}

static inline int pgassay_landlock_enter(int ruleset) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

/* The process at the other end of a Unix socket, as it was when it began to listen (SO_PEERCRED); 0 if that is not known. */
static inline pid_t pgassay_peer(int socket) {
    struct { pid_t process; uid_t user; gid_t group; } peer = {0, 0, 0};
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.process : 0;
}

/* A filter of system calls, for what no wall of files or namespaces covers. What is refused: to make namespaces and mounts, to
   look into other processes, keys of the kernel, and the parts of the kernel that have had the most holes. Programs of another
   word size are refused everything. */
#if defined(__x86_64__)
#define PGASSAY_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define PGASSAY_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the numbers of system calls are not known for this processor"
#endif

#define PGASSAY_REFUSE(call) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* With `alone`, the process has a network of its own: then sockets of the internet lead nowhere and are allowed. */
static inline int pgassay_filter_calls(int alone) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PGASSAY_ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        /* The numbers of x32 (x86-64 with short pointers), which would go around the list. */
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        /* The flags of clone3 are in memory, where a filter cannot look; the C library then uses clone. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        PGASSAY_REFUSE(unshare), PGASSAY_REFUSE(setns), PGASSAY_REFUSE(mount), PGASSAY_REFUSE(umount2),
        PGASSAY_REFUSE(pivot_root), PGASSAY_REFUSE(chroot), PGASSAY_REFUSE(open_tree), PGASSAY_REFUSE(move_mount),
        PGASSAY_REFUSE(fsopen), PGASSAY_REFUSE(fsconfig), PGASSAY_REFUSE(fsmount), PGASSAY_REFUSE(fspick),
        PGASSAY_REFUSE(mount_setattr), PGASSAY_REFUSE(ptrace), PGASSAY_REFUSE(process_vm_readv),
        PGASSAY_REFUSE(process_vm_writev), PGASSAY_REFUSE(pidfd_getfd), PGASSAY_REFUSE(kcmp),
        PGASSAY_REFUSE(open_by_handle_at), PGASSAY_REFUSE(keyctl), PGASSAY_REFUSE(add_key),
        PGASSAY_REFUSE(request_key), PGASSAY_REFUSE(bpf), PGASSAY_REFUSE(perf_event_open),
        PGASSAY_REFUSE(userfaultfd), PGASSAY_REFUSE(io_uring_setup), PGASSAY_REFUSE(init_module),
        PGASSAY_REFUSE(finit_module), PGASSAY_REFUSE(delete_module), PGASSAY_REFUSE(kexec_load),
        PGASSAY_REFUSE(quotactl), PGASSAY_REFUSE(syslog), PGASSAY_REFUSE(swapon), PGASSAY_REFUSE(reboot),
        /* clone with the flag of a namespace. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7e020000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        /* Sockets: of this machine alone, and of the empty network. A virtual machine's host (AF_VSOCK) is in every network. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, alone ? AF_INET : AF_UNIX, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, alone ? AF_INET6 : AF_UNIX, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, alone ? AF_NETLINK : AF_UNIX, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
