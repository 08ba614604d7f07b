/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds of samples by a timer of their own, and the test that a known mode is seen. */
#include "sources/rounding.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "sources/host.h"
#include "sources/live.h"
#include "util/fp_control.h"
#include "util/wake.h"

#define SECOND_NS UINT64_C(1000000000)
#define MS_NS 1000000
#define TEST_EVERY_NS (60 * SECOND_NS)
#define TEST_WITHIN_NS (5 * SECOND_NS)
#define WAITED_NS (10 * UINT64_C(1000000))
#define TRY_ANSWER_MS 500
#define TRY_ROUNDS 40
#define TRY_ROUND_US 10000

int rounding_open(struct rounding *rounding)
{
	rounding->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	return rounding->timer < 0 ? -errno : 0;
}

void rounding_watch(struct rounding *rounding, const void *record, size_t len)
{
	const struct event_thread *thread = record;

	if (len < sizeof(*thread) || thread->header.type != EVENT_THREAD)
		return;
	burst_watch(&rounding->burst, record, len);
	rounding->readable |= thread->fp_control != 0;
	if (rounding->test == TEST_LOOKING && thread->header.pid == rounding->pid &&
		fp_same(FP_HERE, thread->fp_control, rounding->word))
		rounding->test = TEST_SEEN;
}

/* Each time another mode, so that no old value passes for the new one. */
static void begin_test(struct rounding *rounding, uint64_t now_ns)
{
	uint32_t word = fp_canary_word(FP_HERE, 1 + rounding->tests % 2);

	if (rounding->visitor && !visitor_canary(rounding->visitor, word, now_ns))
		return; /* busy: a second later */
	rounding->tests++;
	rounding->word = word;
	rounding->test = TEST_ASKED;
	rounding->test_ns = now_ns;
}

static void end_test(struct rounding *rounding)
{
	rounding->blind = rounding->test != TEST_SEEN;
	rounding->test = TEST_NONE;
}

static void arm(struct rounding *rounding, unsigned ms)
{
	struct itimerspec once = {.it_value.tv_nsec = (long)ms * MS_NS};

	if (!ms && rounding->test == TEST_LOOKING)
		once.it_value.tv_nsec = BURST_ROUND_MS * MS_NS;
	timerfd_settime(rounding->timer, 0, &once, NULL);
	rounding->armed = once.it_value.tv_nsec != 0;
}

static void send_visits(struct rounding *rounding, uint64_t now_ns)
{
	uint16_t cpus[VISITS_MAX];
	unsigned count;

	if (visitor_busy(rounding->visitor))
		return; /* what is wanted stays so */
	count = burst_visits(&rounding->burst, cpus);
	if (count)
		visitor_visit(rounding->visitor, cpus, count, now_ns);
}

/* A pass over count groups and the one in the test. One that fails shows nothing. */
static void look(struct rounding *rounding, struct live *live, uint32_t pids[WATCHED_MAX],
	unsigned count, uint64_t now_ns)
{
	if (rounding->test == TEST_LOOKING) {
		count -= count == WATCHED_MAX;
		pids[count++] = rounding->pid;
	}
	if (count)
		live_sample(live, pids, count);
	if (rounding->test == TEST_SEEN)
		end_test(rounding);
	arm(rounding, burst_round(&rounding->burst, now_ns));
}

void rounding_tick(struct rounding *rounding, uint64_t now_ns)
{
	if (rounding->test != TEST_NONE && now_ns >= rounding->test_ns + TEST_WITHIN_NS)
		end_test(rounding);
	if (rounding->test == TEST_NONE && now_ns >= rounding->test_ns + TEST_EVERY_NS)
		begin_test(rounding, now_ns);
	send_visits(rounding, now_ns);
	if (!rounding->armed)
		arm(rounding, burst_round(&rounding->burst, now_ns));
}

int rounding_round(struct rounding *rounding, struct live *live, uint64_t now_ns)
{
	uint32_t pids[WATCHED_MAX];
	uint64_t expirations;
	int err = wake_take(rounding->timer, &expirations, sizeof(expirations));

	if (err <= 0)
		return err;
	look(rounding, live, pids, burst_groups(&rounding->burst, now_ns, pids), now_ns);
	send_visits(rounding, now_ns);
	return 0;
}

/* What a visit made visible is read at once: a second later most of it has been overwritten. */
void rounding_answer(struct rounding *rounding, struct live *live, uint64_t now_ns)
{
	struct visit_answer answer;
	uint32_t pids[WATCHED_MAX];

	if (!visitor_consume(rounding->visitor, &answer))
		return;
	rounding->pid = answer.pid;
	if (answer.word == VISIT_CPUS)
		look(rounding, live, pids, burst_visited(&rounding->burst, now_ns, pids), now_ns);
	/* It had to wait for the CPU, and came in before those it waited with: again, at once. */
	if (answer.took_ns >= WAITED_NS)
		send_visits(rounding, now_ns);
	if (answer.word == VISIT_CANARY && rounding->test == TEST_ASKED) {
		rounding->test = TEST_LOOKING;
		arm(rounding, BURST_ROUND_MS);
	}
}

bool rounding_try(struct rounding *rounding, struct live *live)
{
	struct pollfd ready = {.fd = visitor_fd(rounding->visitor), .events = POLLIN};

	begin_test(rounding, host_now_ns());
	if (poll(&ready, 1, TRY_ANSWER_MS) > 0)
		rounding_answer(rounding, live, host_now_ns());
	for (unsigned i = 0; i < TRY_ROUNDS && rounding->test == TEST_LOOKING; i++) {
		if (live_sample(live, &rounding->pid, 1) < 0)
			break;
		usleep(TRY_ROUND_US);
	}
	end_test(rounding);
	return !rounding->blind;
}

const char *rounding_blind_why(const struct rounding *rounding)
{
	if (!rounding->blind)
		return NULL;
	if (FP_HERE == FP_NONE)
		return "blind to RandomX arithmetic: not known for this architecture";
	if (!rounding->pid)
		return "blind to RandomX arithmetic: the test's process does not answer";
	return rounding->readable
		       ? "blind to RandomX arithmetic: a known rounding mode was not seen"
		       : "blind to RandomX arithmetic: saved floating-point state is not readable";
}
