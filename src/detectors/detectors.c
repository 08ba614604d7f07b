/* SPDX-License-Identifier: Apache-2.0 */
/* The table of detectors, and how one states its facts. */
#include "detectors/detectors.h"

#include <string.h>

const struct detector *const detectors[] = {
	&detector_miner_option,
	&detector_miner_name,
	&detector_pool_endpoint,
	&detector_stratum_port,
	&detector_sustained_cpu,
	&detector_unlinked_exec,
	&detector_dropped_exec,
	&detector_miner_image,
	&detector_untrusted_image,
	&detector_privileged_container,
	&detector_randomx_rounding,
	&detector_randomx_memory,
	&detector_host_tuning,
	&detector_stratum_handshake,
	&detector_wallet,
	&detector_pool_name,
	&detector_donate_host,
	&detector_stratum_proxy,
	&detector_quiet_tls_flow,
	&detector_masquerade,
	&detector_argv_rewritten,
	&detector_exe_replaced,
	&detector_hidden_process,
	&detector_known_digest,
	&detector_miner_content,
	/* Behind all others: they add to what those have found in the same record. */
	&detector_origin,
	&detector_ld_preload,
	&detector_unread_file,
};
const unsigned detectors_count = sizeof(detectors) / sizeof(detectors[0]);

static struct evidence *next_evidence(struct finding *finding, const char *key)
{
	struct evidence *evidence;

	if (finding->evidence_count == FINDING_EVIDENCE_MAX)
		return NULL;
	evidence = &finding->evidence[finding->evidence_count++];
	evidence->key = key;
	return evidence;
}

void finding_add_string(struct finding *finding, const char *key, struct span text)
{
	struct evidence *evidence = next_evidence(finding, key);

	if (!evidence)
		return;
	evidence->is_string = true;
	evidence->cut = text.len > sizeof(evidence->text);
	evidence->len = (uint16_t)(evidence->cut ? sizeof(evidence->text) : text.len);
	if (evidence->len)
		memcpy(evidence->text, text.data, evidence->len);
}

void finding_add_integer(struct finding *finding, const char *key, int64_t number)
{
	struct evidence *evidence = next_evidence(finding, key);

	if (evidence)
		evidence->number = number;
}
