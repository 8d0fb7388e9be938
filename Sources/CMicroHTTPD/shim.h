#pragma once
#include <microhttpd.h>
#include <stdint.h>
#include <string.h>

/* Variadic functions cannot be called from Swift: what is needed of them, without varargs. */

typedef enum MHD_Result (*assay_http_handler)(void *context, struct MHD_Connection *connection,
                                              const char *url, const char *method,
                                              const char *version, const char *upload_data,
                                              size_t *upload_data_size, void **connection_state);
typedef void (*assay_http_completed)(void *context, struct MHD_Connection *connection,
                                     void **connection_state, enum MHD_RequestTerminationCode code);

/* Starts a daemon with one polling thread, with TLS when a key and a certificate (PEM) are given; both
 * must stay where they are until it is stopped. NULL when it cannot. */
static inline struct MHD_Daemon *assay_http_start(const struct sockaddr *address, uint16_t port,
                                                  assay_http_handler handler,
                                                  assay_http_completed completed, void *context,
                                                  unsigned int timeout_seconds,
                                                  unsigned int connection_limit, const char *key,
                                                  const char *certificate) {
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate},
        {MHD_OPTION_END, 0, NULL},
    };
    const unsigned int flags =
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | (key == NULL ? 0 : MHD_USE_TLS);
    return MHD_start_daemon(flags, port, NULL, NULL, handler, context, MHD_OPTION_SOCK_ADDR, address,
                            MHD_OPTION_CONNECTION_TIMEOUT, timeout_seconds,
                            MHD_OPTION_CONNECTION_LIMIT, connection_limit,
                            MHD_OPTION_NOTIFY_COMPLETED, completed, context,
                            key == NULL ? MHD_OPTION_END : MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

/* The port a daemon listens on; 0 when unknown. */
static inline uint16_t assay_http_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

static const enum MHD_Result assay_http_yes = MHD_YES;
static const enum MHD_Result assay_http_no = MHD_NO;

/* A header field of a request; NULL when it is not there. */
static inline const char *assay_http_header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* A response that owns a copy of its body. */
static inline struct MHD_Response *assay_http_response(const void *body, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
}
