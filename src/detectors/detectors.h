/* SPDX-License-Identifier: Apache-2.0 */
/* One line a detector; what each looks for stands in its own file. */
#ifndef MINERWATCH_DETECTORS_H
#define MINERWATCH_DETECTORS_H

#include "detector.h"

extern const struct detector detector_miner_option;
extern const struct detector detector_miner_name;
extern const struct detector detector_pool_endpoint;
extern const struct detector detector_stratum_port;
extern const struct detector detector_sustained_cpu;
extern const struct detector detector_unlinked_exec;
extern const struct detector detector_dropped_exec;
extern const struct detector detector_miner_image;
extern const struct detector detector_untrusted_image;
extern const struct detector detector_privileged_container;
extern const struct detector detector_randomx_rounding;
extern const struct detector detector_randomx_memory;
extern const struct detector detector_host_tuning;
extern const struct detector detector_stratum_handshake;
extern const struct detector detector_wallet;
extern const struct detector detector_pool_name;
extern const struct detector detector_donate_host;
extern const struct detector detector_stratum_proxy;
extern const struct detector detector_quiet_tls_flow;
extern const struct detector detector_masquerade;
extern const struct detector detector_argv_rewritten;
extern const struct detector detector_exe_replaced;
extern const struct detector detector_hidden_process;
extern const struct detector detector_origin;
extern const struct detector detector_ld_preload;
extern const struct detector detector_known_digest;
extern const struct detector detector_miner_content;
extern const struct detector detector_unread_file;

#endif
