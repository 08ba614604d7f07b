/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The record: what a kernel program, a userspace source or a trace file hands to the pipeline.
 * Shared by bpf/ and src/. Little-endian, explicit padding, numbers never reused or reordered.
 * Every record starts with struct event_header; header.size counts all of its bytes.
 * A record may be longer than its structure by a later version's fields: readers ignore what they
 * do not know, and refuse a record that is shorter than the structure they do know.
 */
#ifndef MINERWATCH_EVENT_H
#define MINERWATCH_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define EVENT_RECORD_MAX 8192 /* bytes; the longest record any source may make */
#define EVENT_NAME_MAX 256 /* file name: NAME_MAX + NUL */
#define EVENT_FILENAME_MAX 512 /* the name given to execve, with NUL */
#define EVENT_PATH_MAX 1024 /* dentry walk: all components with their NULs */
#define EVENT_PATH_COMPONENTS 32 /* deepest directory walked */
#define EVENT_ARGV_MAX 4096 /* bytes of argv kept, NUL-separated */
#define EVENT_CGROUP_PATH_MAX 1024 /* with NUL */
#define EVENT_COMM_SIZE 16 /* TASK_COMM_LEN */
#define EVENT_PAYLOAD_MAX 512 /* first bytes kept of each direction of a connection */
#define EVENT_PAYLOAD_SEGMENTS 8 /* they may come in so many segments */
#define EVENT_HOST_NAME_MAX 256 /* with NUL: a Kubernetes node's name has up to 253 bytes */
#define SCANNED_MAX 64 /* processes whose sockets one pass reports */
#define WATCHED_MAX 8 /* thread groups whose threads a pass of their own reports, at a time */

enum event_type {
	/* made by userspace */
	EVENT_HOST = 1, /* first record of a run */
	EVENT_WALL = 2, /* wall clock against boot clock, at start and at each step */
	EVENT_TICK = 3, /* once a second, after the pass of the task iterator */
	EVENT_COUNTERS = 4, /* at the start, at the end, and when drops, truncations, failed helpers
			       or skips have changed */
	EVENT_DEGRADED = 5, /* something this run cannot see, or can again */
	EVENT_RULES = 6, /* other rules are in force from now on */
	EVENT_END = 7, /* last record of a run */
	EVENT_HUGEPAGES = 8, /* huge pages the host has set aside; at start and when it changes */
	EVENT_PRELOAD =
		9, /* what /etc/ld.so.preload names; when it is not empty, and on a change */
	EVENT_HIDDEN = 10, /* a process that a listing of /proc leaves out */
	EVENT_INCIDENT = 11, /* an earlier run's, which goes on; read from the state file */
	EVENT_TAMPER = 12, /* a hook of the sensor's that worked is dead; the run ends */
	EVENT_FINDING = 14, /* evidence of such an incident, and what was known of its process */
	/* made by the kernel */
	EVENT_EXEC = 16,
	EVENT_FORK = 17, /* new thread group; the header names the child */
	EVENT_EXIT = 18, /* last thread of a group */
	EVENT_CONNECT = 19,
	EVENT_CGROUP_MKDIR = 20,
	EVENT_CGROUP_RELEASE = 21,
	EVENT_CGROUP_ATTACH = 22, /* header.cgroup_id is the destination */
	EVENT_CGROUP_RENAME = 23,
	EVENT_SEGMENT = 24, /* payload on its way; the payload source makes PAYLOAD of it */
	/* made by the kernel on our request (task iterator) */
	EVENT_TASK = 32, /* one a live thread group and pass */
	EVENT_THREAD =
		33, /* one a thread that used CPU since it was last reported; also at its end */
	EVENT_SOCKET = 34, /* one a socket with a peer that a suspect holds (file iterator) */
	EVENT_CGROUP =
		49, /* layout of EVENT_CGROUP_MKDIR; one with processes that no record told of */
	/* read from /proc by the examiner */
	EVENT_PROCESS = 48, /* layout of EVENT_EXEC; for processes whose exec was not seen */
	EVENT_CONTAINER = 50, /* what the runtime's own files say of the container of a cgroup */
	EVENT_MEMORY = 51, /* sizes of a suspect's mappings, and what it holds open */
	EVENT_CONTENT = 53, /* digest and patterns of a file a process runs, or of its memory */
	/* made of SEGMENTs by the payload source */
	EVENT_PAYLOAD = 52, /* the first bytes of one direction of a connection */
};

/* header.flags */
#define EVENT_CUT_NAME 0x0001
#define EVENT_CUT_FILENAME 0x0002
#define EVENT_CUT_PATH 0x0004
#define EVENT_CUT_ARGV 0x0008
#define EVENT_NO_ARGV 0x0010 /* user memory could not be read, or the process has none */
#define EVENT_NO_PATH 0x0020
#define EVENT_NO_FILE 0x0040 /* struct event_file is not filled */
#define EVENT_STALE \
	0x0080 /* THREAD: not switched since its last record, so fp_control says nothing */
#define EVENT_AGAIN \
	0x0100 /* PROCESS: of a suspect whose program was known; says what argv is now, no more */
#define EVENT_OTHER_READING \
	0x0200 /* RULES: other patterns, or another digest_largest_mib: files are read again */

struct event_header {
	__u16 type; /* enum event_type */
	__u16 flags; /* EVENT_CUT_*, EVENT_NO_* */
	__u32 size; /* bytes of the whole record */
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u64 start_ns; /* start of the process on CLOCK_BOOTTIME; with pid it is the process' key
			 */
	__u64 cgroup_id; /* of the process in the chosen hierarchy; 0 unknown */
	__u32 pid; /* thread group id in the initial pid namespace; 0 where no process is meant */
	__u32 tid;
};

/* What exec, fork and iterator records say of a process' surroundings. */
struct event_kin {
	__u64 parent_start_ns; /* of the real parent; key with ppid */
	__u32 ppid;
	__u32 session; /* session id (setsid) in the initial pid namespace */
	__u32 uid; /* real uid in the initial user namespace */
	__u32 cpus_allowed; /* CPUs its first thread may run on; 0 unknown */
	char comm[EVENT_COMM_SIZE];
};

/* Identity of an executable file: its inode, never a string. */
struct event_file {
	__u64 inode;
	__u64 ctime_ns; /* wall clock */
	__u64 size;
	__u64 fs_magic; /* super block's s_magic: 0x01021994 tmpfs, ... (linux/magic.h) */
	__u32 dev; /* kernel's dev_t: major << 20 | minor */
	__u32 nlink; /* 0: memfd or deleted */
	__u32 mode;
	__u32 directory_mode; /* of the directory it stands in; a memfd's own; 0 unknown */
};

/*
 * EXEC and PROCESS. The four strings follow the structure in this order without gaps:
 * name (dentry), filename (as given to execve), path (dentry names from the file up to the root,
 * each with its NUL), argv (each argument with its NUL, the last one's may be cut off). Lengths in
 * bytes, NULs included. PROCESS has path as one plain string (readlink) in filename.
 */
struct event_exec {
	struct event_header header;
	struct event_kin kin;
	struct event_file file;
	__u32 old_tid; /* thread that called execve; differs from pid for a non-leader */
	__u16 name_len;
	__u16 filename_len;
	__u16 path_len;
	__u16 argv_len;
	__u32 pad;
};

struct event_fork {
	struct event_header header;
	struct event_kin kin; /* ppid: the process that called fork */
};

/* event_container.flags */
#define CONTAINER_VERIFIED 0x0001 /* the runtime's own files confirm the id */
#define CONTAINER_PRIVILEGED 0x0002
#define CONTAINER_HOST_PID 0x0004
#define CONTAINER_HOST_NETWORK 0x0008
#define CONTAINER_HOST_IPC 0x0010
#define CONTAINER_NO_SECCOMP 0x0020
#define CONTAINER_ADDED_CAPABILITIES 0x0040 /* beyond the runtimes' common default of 14 */
#define CONTAINER_SENSITIVE_MOUNT 0x0080
#define CONTAINER_CUT 0x0100 /* a string was cut at EVENT_CONTAINER_TEXT_MAX */
#define EVENT_CONTAINER_TEXT_MAX 512 /* bytes of each string, with NUL */

/*
 * CONTAINER: the answer about the container that header.cgroup_id and header.pid were seen in. The
 * strings follow in this order, each with its NUL (length 0: unknown): id, runtime, name, image,
 * pod, namespace, pod uid, added capabilities (blank-separated), sensitive mounts (blank-separated
 * sources). Without CONTAINER_VERIFIED there is no more than id and runtime, and not even those
 * where the path names no container: then there is none that anybody knows of.
 */
struct event_container {
	struct event_header header;
	__u64 created_ns; /* wall clock; 0 unknown */
	__u32 flags; /* CONTAINER_* */
	__u16 lengths[9]; /* in the order of enum container_text (decode.h) */
	__u16 pad;
};

struct event_exit {
	struct event_header header;
	__u64 cpu_ns; /* run time of all its threads, whole life */
	__s32 exit_code; /* as wait(2) encodes it */
	__u32 pad;
};

/* Addresses are 16 bytes in network order; IPv4 as ::ffff:a.b.c.d. Ports in host order. */
struct event_connect {
	struct event_header header;
	__u64 socket; /* socket cookie; 0 unknown */
	__u8 source[16];
	__u8 destination[16];
	__u16 source_port;
	__u16 destination_port;
	__u16 protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	__u16 family; /* AF_INET, AF_INET6: of the socket, before folding */
	__u32 netns; /* inode number of the network namespace */
	__u32 uid;
	char comm[EVENT_COMM_SIZE];
	__u64 repeats; /* connects of this process to this destination since its last record */
};

enum payload_direction { PAYLOAD_SENT, PAYLOAD_RECEIVED };

/* What the payload source took the bytes for. Bytes of the OTHER classes are withheld. */
enum payload_class {
	PAYLOAD_NONE = 0, /* SEGMENT: not looked at yet */
	PAYLOAD_STRATUM = 1, /* JSON lines of a mining protocol */
	PAYLOAD_DAEMON = 2, /* a mining call over HTTP, or its answer */
	PAYLOAD_TLS = 3, /* ClientHello */
	PAYLOAD_CONNECT = 4, /* HTTP CONNECT; only the request line is kept */
	PAYLOAD_SOCKS = 5, /* SOCKS4(a), SOCKS5 request */
	PAYLOAD_DNS = 6, /* an answer over UDP */
	PAYLOAD_OTHER_JSON = 16,
	PAYLOAD_OTHER_HTTP = 17,
	PAYLOAD_OTHER = 18,
};

/* event_payload.payload_flags */
#define PAYLOAD_ARMED 0x01 /* reading began in the middle of the connection */
#define PAYLOAD_LAST 0x02 /* no more bytes of this direction will come */
#define PAYLOAD_AFTER_HTTP 0x04 /* RECEIVED: after the client had sent an HTTP request */

/*
 * SEGMENT and PAYLOAD. The header names the owner: who connected, for an armed socket who holds it;
 * pid 0 where nobody is known (a DNS answer to a socket that was never connected). data_len bytes
 * follow. Addresses as in event_connect.
 */
struct event_payload {
	struct event_header header;
	__u64 socket; /* socket cookie */
	__u64 sender_start_ns; /* SENT: who was running when it left, with sender_pid; a hint: it
				  can be another process' softirq */
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u16 protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	__u16 data_len; /* at most EVENT_PAYLOAD_MAX */
	__u32 sender_pid; /* 0 unknown */
	__u32 netns;
	__u32 offset; /* SEGMENT: of its first byte since reading began; PAYLOAD: 0 */
	__u32 seen; /* bytes: SEGMENT of the segment, PAYLOAD of the direction so far, at least */
	__u8 direction; /* enum payload_direction */
	__u8 payload_class; /* enum payload_class */
	__u8 payload_flags; /* PAYLOAD_ARMED, PAYLOAD_LAST */
	__u8 segments; /* SEGMENT: its number since reading began, from 1; PAYLOAD: their count */
	__u32 pad;
};

/* event_socket.socket_flags */
#define SOCKET_ARMED 0x01 /* from now on its next bytes are read */
#define SOCKET_CONNECTED 0x02 /* its connect was seen: opened_ns and the owner are known */

/* A TCP or UDP socket with a peer. The header names who holds it. */
struct event_socket {
	struct event_header header;
	__u64 socket; /* socket cookie */
	__u64 opened_ns; /* CLOCK_BOOTTIME; 0 unknown */
	__u64 owner_start_ns; /* who connected it, with owner_pid */
	__u64 bytes_sent; /* payload, since it was opened; UDP: 0 */
	__u64 bytes_received;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u16 protocol;
	__u16 family;
	__u32 netns;
	__u32 owner_pid; /* 0 unknown */
	__u32 state; /* TCP_ESTABLISHED, ... (linux/tcp.h's numbers) */
	__u32 socket_flags; /* SOCKET_* */
};

/* MKDIR, RELEASE, RENAME, ATTACH, CGROUP. path follows: from the hierarchy's true root, with NUL.
 */
struct event_cgroup {
	struct event_header header; /* header.cgroup_id: the cgroup the record is about */
	__u32 path_len;
	__u32 level; /* depth, 0 the root */
};

struct event_task {
	struct event_header header;
	struct event_kin kin;
	struct event_file file; /* of mm->exe_file */
	__u32 threads;
	__u32 pad;
};

struct event_thread {
	struct event_header header;
	__u64 run_ns; /* CPU time since this thread was last reported (or since its start) */
	__u64 wait_ns; /* time runnable and waiting for a CPU, same interval */
	__u64 interval_ns; /* length of that interval; 0: first sight of an old thread, run_ns is 0
			    */
	__u64 switches; /* context switches, whole life */
	__u32 fp_control; /* MXCSR, FPCR as saved when it was last switched out; 0 unknown */
	__u32 cpu; /* it last ran on */
};

/* Mappings of no file. The sizes are RandomX's: memory_shape.c. */
struct event_memory {
	struct event_header header;
	__u64 largest_bytes;
	__u64 huge_bytes; /* in huge pages (hugetlb) */
	__u32 datasets;
	__u32 caches;
	__u32 scratchpads;
	__u32 codes; /* executable, small */
	__u32 msr_descriptors; /* of /dev/cpu/N/msr */
	__u32 pad;
};

struct event_hugepages {
	struct event_header header;
	__u64 kib; /* all sizes together, used or not */
};

struct event_host {
	struct event_header header;
	__u8 rules_digest[32]; /* SHA-256 of the rules in force */
	char hostname[EVENT_HOST_NAME_MAX];
	char cluster[EVENT_HOST_NAME_MAX];
	char kernel[72]; /* uname release */
	char machine[16]; /* uname machine */
	char boot_id[40];
	char version[24]; /* of the recording minerwatch */
	__u32 cpus; /* online */
	__u32 cgroup_version; /* hierarchy that carries cgroup_id: 1, 2; 0 none */
};

struct event_wall {
	struct event_header header;
	__s64 offset_ns; /* CLOCK_REALTIME minus CLOCK_BOOTTIME */
};

struct event_tick {
	struct event_header header;
	__u64 pass_start_ns; /* when the pass began; 0: no complete pass in this tick */
	__u32 processes; /* TASK records of the pass */
	__u32 gap_ms; /* how much later than a second the sensor's loop came: it was stopped, or
			 starved; 0: less than 2 s */
};

/* Classes a loss is counted under. Numbers are part of the record. */
enum event_class {
	CLASS_EXEC,
	CLASS_FORK,
	CLASS_EXIT,
	CLASS_CONNECT,
	CLASS_CGROUP,
	CLASS_TASK, /* iterator, and the ends of threads */
	CLASS_EXAMINER, /* jobs given up */
	CLASS_PAYLOAD, /* segments */
	CLASS_SOCKET, /* file iterator */
	CLASS_COUNT = 12
};

struct event_counters {
	struct event_header header;
	__u64 submitted[CLASS_COUNT]; /* records handed to the ring */
	__u64 dropped[CLASS_COUNT]; /* ring full, or the program could not run */
	__u64 truncated[CLASS_COUNT]; /* a field was cut */
	__u64 failed[CLASS_COUNT]; /* a helper failed; the record went out without that field */
	__u64 skipped[CLASS_COUNT]; /* not made on purpose: a repeated connect, bytes no reader can
				       use */
};

struct event_degraded {
	struct event_header header;
	__u32 active; /* 1: is missing from now on, 0: is back */
	__u32 pad;
	char what[32]; /* short stable word: connect_udp, cgroup_path, exec_canary, ... */
	char why[88]; /* for people */
};

struct event_tamper {
	struct event_header header;
	char what[32]; /* the hook, by its word of DEGRADED */
	char why[88]; /* for people */
};

/* Between two records: what came before was judged by the old rules. */
struct event_rules {
	struct event_header header;
	__u8 rules_digest[32]; /* SHA-256 of the rules now in force */
};

#define EVENT_PRELOAD_MAX 1024 /* bytes of the file kept */

/* len bytes follow: the file's text, blanks and comments included. */
struct event_preload {
	struct event_header header;
	__u32 len; /* 0: it is empty, or is not there */
	__u32 pad;
};

/* The header names the process; two passes of the iterator around two listings agreed. */
struct event_hidden {
	struct event_header header;
	__u32 listings; /* how many left it out */
	__u32 pad;
};

enum content_object {
	CONTENT_EXE = 1, /* what /proc/PID/exe leads to */
	CONTENT_MAPPED = 2, /* another file it has mapped executable: a library, ld.so's program */
	CONTENT_MEMORY = 3, /* executable memory of no file: patterns only */
};

enum content_result {
	CONTENT_DIGESTED = 1, /* sha256 is that of the whole file; MEMORY: it was searched */
	CONTENT_TOO_BIG = 2, /* larger than digest_largest_mib; its start was searched */
	CONTENT_UNREADABLE = 3,
	CONTENT_GAVE_UP = 4, /* not done before its deadline, or no room in the queue */
	CONTENT_CHANGED = 5, /* another file, or other bytes, than the process had been asked about
			      */
};

#define CONTENT_PATTERNS_MAX 1024 /* bytes of pattern names with their NULs */

/*
 * CONTENT. path (as the link or the mapping names it, with NUL) and then the names of the patterns
 * found (rules_pattern; each with its NUL) follow.
 */
struct event_content {
	struct event_header header;
	struct event_file file;
	__u8 sha256[32]; /* zeros unless CONTENT_DIGESTED */
	__u32 object; /* enum content_object */
	__u32 result; /* enum content_result */
	__u16 path_len; /* at most EVENT_FILENAME_MAX */
	__u16 patterns_len; /* at most CONTENT_PATTERNS_MAX */
	__u32 pad;
};

enum event_incident_phase {
	INCIDENT_WAS_WATCHED = 1, /* nothing was told of it */
	INCIDENT_WAS_OPEN = 2,
	INCIDENT_WAS_ENDED = 3,
};

/* event_incident.incident_flags */
#define INCIDENT_UPDATE_DUE 0x01 /* was last told with an answer pending */
#define INCIDENT_UNNAMED 0x02 /* was last told with evidence about its container alone */

/* Times are those of the same boot and not later than the header's. */
struct event_incident {
	struct event_header header;
	__u64 workload_id; /* with type and session: struct workload_key (process.h) */
	__u32 workload_type;
	__u32 workload_session;
	__u64 first_ns; /* first evidence */
	__u64 below_ns; /* OPEN: below medium since; 0: not below */
	__u64 ended_ns; /* ENDED */
	__u64 cpu_ns; /* of its processes that had ended */
	__u32 seq; /* of the last alert; 0: none */
	__u8 phase; /* enum event_incident_phase */
	__u8 reported; /* severity since it was opened: 0 none, 1 medium, 2 high, 3 critical */
	__u8 highest; /* ever */
	__u8 incident_flags; /* INCIDENT_* */
	__u16 facts_due; /* FACT_* (detector.h) */
	__u16 facts_told;
	__u8 id[8];
	__u32 pad;
};

/* event_finding.finding_flags */
#define FINDING_INHERITED 0x01 /* by a fork */
#define FINDING_HAS_IMAGE 0x02 /* file, name, exe and argv say what its process ran */
#define FINDING_EXE_REPLACED 0x04 /* it names another file than it executes */
#define FINDING_CONTAINER 0x08 /* a CONTAINER record about its cgroup follows */

#define FINDING_WORD_MAX 32 /* detector, grade, key of a fact: with NUL */
#define FINDING_SUMMARY_MAX 128 /* with NUL */
#define FINDING_FACTS_MAX 1312 /* 8 facts: 4 bytes, key of 32, text of 128 */
#define FINDING_EXE_MAX 1040 /* an absolute path as decode.c joins it, with NUL */

/*
 * FINDING. The header names its process and that one's cgroup. Eight strings follow: detector,
 * grade, summary; the facts (event_fact, decode.h); name, exe, argv of the process' program and the
 * path of its cgroup: these four in the first finding of a process alone.
 */
struct event_finding {
	struct event_header header;
	struct event_kin kin;
	struct event_file file;
	__u64 workload_id; /* of its incident, as in event_incident */
	__u32 workload_type;
	__u32 workload_session;
	__u64 found_ns;
	__u64 dead_ns; /* ages since; 0: it does not */
	__u64 exit_ns; /* when its process ended; 0: alive */
	__u64 cpu_ns; /* its process used so far, in whole minutes */
	__u64 image_ns; /* of the exec */
	__u64 exe_inode; /* what the kernel last said it runs; 0 unknown */
	__u64 session_ns; /* with kin.session: the session's key */
	__u64 evidence_session_ns; /* with evidence_session: the session its evidence counts for */
	__u32 evidence_session;
	__u32 exe_dev;
	__u32 lowered_ppm; /* what the allow-list took off */
	__u16 finding_flags; /* FINDING_* */
	__u16 image_flags; /* EVENT_CUT_*, EVENT_NO_* */
	__u16 lengths[8]; /* in the order of enum finding_text (decode.h) */
};

struct event_end {
	struct event_header header;
	__u32 reason; /* enum event_end_reason */
	__u32 pad;
};

enum event_end_reason {
	END_SIGNAL = 1, /* SIGTERM, SIGINT */
	END_TIME = 2, /* --for */
	END_FAILURE = 3,
};

#endif
